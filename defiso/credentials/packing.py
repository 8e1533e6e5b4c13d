"""A credential's text as it is kept: deflated against what every document of ours repeats, a third of its size.

The first byte is the version of the dictionary. A version is for ever: its rows cannot be read with another one.
"""

import zlib

from defiso.credentials.canonicalisation import MOST_CHARACTERS
from defiso.credentials.errors import MalformedCredentialError, UnsignableError

MOST_PACKED = 350_000  # bytes; a row of DynamoDB holds 400 KB

_DICTIONARIES = {
    1: (
        b"Legal EntityFood safety management systemsFSSC 22000ISO 22301ISO 20000-1:2018ISO 37001:2016ISO 50001:2018"
        b"Energy management systemsMedical devices - Quality management systemsISO 13485:2016ISO 22000:2018"
        b"Information security, cybersecurity and privacy protection - Information security management systems"
        b"ISO/IEC 27001:2022Environmental management systemsISO 14001:2015"
        b"Occupational health and safety management systemsISO 45001:2018Design, manufacture, installation, "
        b"sales, distribution, servicing and maintenance of "
        b'{"@context":["https://www.w3.org/ns/credentials/v2","https://w3id.org/blockcerts/v3.2",'
        b'"https://defiso.com/terms/v1"],"credentialStatus":[{"id":"https://","statusListCredential":"https://'
        b'","statusListIndex":"1","statusPurpose":"revocation","type":"BitstringStatusListEntry"},'
        b'{"id":"https://","statusListCredential":"https://","statusListIndex":"1","statusPurpose":"suspension",'
        b'"type":"BitstringStatusListEntry"}],"credentialSubject":{"accreditation":{"accredited":false},'
        b'"accreditation":{"accredited":true,"arrangement":"IAF MLA","body":"UKAS","number":"0"},'
        b'"certificationType":"Management system","decisionDate":"2026-01-01","effectiveDate":"2025-01-01",'
        b'"expiryDate":"2028-01-01","iafCodes":["1"],"issueDate":"2024-01-01","naceCodes":["1"],"number":"'
        b'","organisation":{"address":"1 Street, ","clientId":"CL-0","country":"GB","englishName":" Limited",'
        b'"legalIds":[{"scheme":"LEI","value":"1"},{"scheme":"VAT","value":"GB"}],"legalName":" GmbH"},'
        b'"originalCertificationDate":"2019-01-01","replaces":"","revision":1,"scope":"Manufacture of '
        b'","scopeLanguage":"en","scopes":[{"language":"en","text":""}],"sites":[{"address":"","country":"DE",'
        b'"main":true,"name":"","scope":""}],"standard":{"code":"9001","edition":"2015",'
        b'"name":"Quality management systems","title":"ISO 9001:2015"}},"id":"http://localhost/certificates/ISO'
        b'#revision-1","issuer":"did:web:localhost%3A","name":"ISO 9001:2015 certificate ","proof":{'
        b'"created":"2026-01-01T00:00:00Z","cryptosuite":"eddsa-rdfc-2022","proofPurpose":"assertionMethod",'
        b'"proofValue":"z","type":"DataIntegrityProof","verificationMethod":"did:web:#z6Mk"},'
        b'"type":["VerifiableCredential","BlockcertsCredential","ManagementSystemCertificate"],'
        b'"validFrom":"2025-01-01T00:00:00Z","validUntil":"2028-01-01T23:59:59Z"}'
    ),
}
_VERSION = 1
_RAW_DEFLATE = -zlib.MAX_WBITS  # the digest of the document is check enough


def pack(text: str) -> bytes:
    """Raises UnsignableError if the text would not fit into its row or could not be read back."""
    data = text.encode()
    deflate = zlib.compressobj(9, zlib.DEFLATED, _RAW_DEFLATE, 9, zdict=_DICTIONARIES[_VERSION])
    packed = bytes([_VERSION]) + deflate.compress(data) + deflate.flush()
    if len(data) > MOST_CHARACTERS or len(packed) > MOST_PACKED:
        raise UnsignableError("The certificate is larger than a document can be.")
    return packed


def unpack(packed: bytes) -> str:
    """The text, never longer than MOST_CHARACTERS bytes whatever was stored. Raises MalformedCredentialError."""
    dictionary = _DICTIONARIES.get(packed[0]) if packed else None
    if dictionary is None:
        raise MalformedCredentialError("The document is damaged: it cannot be read.")
    inflate = zlib.decompressobj(_RAW_DEFLATE, zdict=dictionary)
    try:
        data = inflate.decompress(packed[1:], MOST_CHARACTERS)
        if not inflate.eof or inflate.unused_data:
            raise ValueError("cut short, too long, or followed by something else")
        return data.decode()
    except (zlib.error, ValueError) as error:
        raise MalformedCredentialError("The document is damaged: it cannot be read.") from error
