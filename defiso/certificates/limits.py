"""How much of what a certificate may say, and what it must say: tables by path, read by ``validation``.

Sources: ISO/IEC 17021-1:2015, 8.2.2; the upload template of the global database; DynamoDB's 400 KB an item.
"""

MOST_BYTES = 150_000  # of the content as JSON: one revision's row holds it twice, the second time signed
MOST_ROWS = {
    **{"sites": 150, "audits": 30, "organisation.legalIds": 10, "iafCodes": 39, "naceCodes": 50},
    **{"scopes": 20, "integratedWith": 10},
}
MOST_AUDITORS = 20
MOST_FINDINGS = 50
SHORT, LONG = 60, 500

# Most characters of each text; a path that is not here is not in the dictionary.
TEXTS = {
    "number": SHORT,
    "replaces": SHORT,
    "organisation.legalName": 300,
    "organisation.englishName": 300,
    "organisation.clientId": 45,
    "organisation.legalIds.*.scheme": SHORT,
    "organisation.legalIds.*.value": SHORT,
    "organisation.address": LONG,
    "organisation.country": SHORT,
    "sites.*.name": 300,
    "sites.*.address": LONG,
    "sites.*.country": SHORT,
    "sites.*.scope": 2000,
    "standard.code": SHORT,
    "standard.edition": SHORT,
    "standard.title": SHORT,
    "standard.name": 200,
    "scope": 20_000,
    "scopeLanguage": 35,
    "scopes.*.language": 35,
    "scopes.*.text": 20_000,
    "iafCodes.*": SHORT,
    "naceCodes.*": SHORT,
    "certificationType": SHORT,
    "accreditation.body": 100,
    "accreditation.number": SHORT,
    "accreditation.arrangement": 100,
    "originalCertificationDate": SHORT,
    "decisionDate": SHORT,
    "effectiveDate": SHORT,
    "issueDate": SHORT,
    "expiryDate": SHORT,
    "previousExpiryDate": SHORT,
    "recertificationDate": SHORT,
    "transferredFrom.certificationBody": 300,
    "transferredFrom.number": SHORT,
    "transferredFrom.reviewDate": SHORT,
    "transferredFrom.note": 2000,
    "integratedWith.*": SHORT,
    "audits.*.type": SHORT,
    "audits.*.startDate": SHORT,
    "audits.*.date": SHORT,
    "audits.*.auditors.*": 200,
    "audits.*.auditorUsers.*": SHORT,
    "audits.*.findings.*.grade": SHORT,
    "audits.*.findings.*.text": 2000,
    "audits.*.findings.*.clause": SHORT,
    "audits.*.findings.*.verifiedOn": SHORT,
    "decidedBy": 200,
    "decidedByUser": SHORT,
    "confidentialityReason": 1000,
    "client": 300,
}
OF_SEVERAL_LINES = {
    *("organisation.address", "sites.*.address", "sites.*.scope", "scope", "scopes.*.text", "confidentialityReason"),
    *("transferredFrom.note", "audits.*.findings.*.text"),
}

# What a certificate cannot be issued without, in the words of the form.
REQUIRED = {
    "number": "the certificate number",
    "organisation.legalName": "the legal name",
    "organisation.address": "the registered address",
    "organisation.country": "the country",
    "standard.title": "the standard",
    "scope": "the scope",
    "certificationType": "the certification type",
    "accreditation.accredited": "whether the certificate is accredited",
    "effectiveDate": "the effective date",
    "issueDate": "the issue date",
    "expiryDate": "the expiry date",
}
REQUIRED_IN_ROW = {
    "sites": {"address": "the address of the site", "country": "the country of the site"},
    "audits": {"type": "the type of audit", "date": "the date of the audit"},
    "scopes": {"language": "the language", "text": "the scope in this language"},
    "organisation.legalIds": {"scheme": "the kind of identifier", "value": "the identifier"},
}
# What is missing of a transfer, if it is one; the pre-transfer review is IAF MD 2, 2.3.
REQUIRED_OF_TRANSFER = {
    "certificationBody": "the certification body it comes from",
    "number": "the number it had there",
    "reviewDate": "the date of the pre-transfer review",
}
DATES = ("originalCertificationDate", "decisionDate", "effectiveDate", "issueDate", "expiryDate")
LAPSE = ("previousExpiryDate", "recertificationDate")
GRADES = ("major", "minor")
EARLIEST_YEAR = 1900
