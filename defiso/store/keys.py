"""The parts of keys that every domain shares: the tenant in each partition key (also the ground for IAM), and hosts."""


def tenant_key(slug: str) -> str:
    return f"TENANT#{slug}"


def host_key(host: str) -> str:
    return f"DOMAIN#{host}"
