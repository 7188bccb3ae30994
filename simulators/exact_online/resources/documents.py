"""Documents, what is attached to them, and their types (rules 5.3)."""

from .projection import CREATOR_JOINS, STAMPS, Projection, with_timestamp

_DOCUMENTS = Projection(
    source=(
        "document t LEFT JOIN account a ON a.id = t.account LEFT JOIN document_type dt ON dt.id = t.type"
        f" LEFT JOIN document_category dc ON dc.id = t.category {CREATOR_JOINS}"
    ),
    scope="t.division = :division",
    columns={
        **STAMPS,
        "ID": "t.id",
        "Account": "t.account",
        "AccountCode": "a.code",
        "AccountName": "a.name",
        "Category": "t.category",
        "CategoryDescription": "dc.description",
        "DocumentDate": "t.document_date",
        "DocumentViewUrl": ":origin || '/docs/DocView.aspx?DocumentID=' || t.id || '&_Division_=' || t.division",
        "FinancialTransactionEntryID": (
            "coalesce((SELECT e.id FROM entry e WHERE e.document = t.id LIMIT 1),"
            " json_extract(t.extra, '$.FinancialTransactionEntryID'))"
        ),
        "HasEmptyBody": "(coalesce(json_extract(t.extra, '$.Body'), '') = '')",
        "HID": "t.hid",
        "Subject": "t.subject",
        "Type": "t.type",
        "TypeDescription": "dt.description",
    },
    extra="t.extra",
)
DOCUMENTS = {
    "documents/Documents": _DOCUMENTS,
    "sync/Documents/Documents": with_timestamp(_DOCUMENTS),
    "documents/DocumentAttachments": Projection(
        source="attachment t",
        scope="t.division = :division",
        columns={
            "ID": "t.id",
            "Document": "t.document_id",
            "FileName": "t.file_name",
            "FileSize": "length(t.content)",
            "Url": ":origin || '/docs/SysAttachment.aspx?ID=' || t.id || '&_Division_=' || t.division",
        },
    ),
    "documents/DocumentTypes": Projection(
        source="document_type t JOIN company c ON c.division = :division",
        scope="1",
        columns={
            "ID": "t.id",
            "Created": "c.created",
            "Description": "t.description",
            "DocumentIsCreatable": "1",
            "DocumentIsDeletable": "1",
            "DocumentIsUpdatable": "1",
            "DocumentIsViewable": "1",
            "Modified": "c.created",
            "TypeCategory": "t.category",
        },
    ),
    "documents/DocumentCategories": Projection(
        source="document_category t JOIN company c ON c.division = :division",
        scope="1",
        columns={
            "ID": "t.id",
            "Created": "c.created",
            "Description": "t.description",
            "Modified": "c.created",
        },
    ),
    "documents/DocumentTypeFolders": Projection(
        source="document_type_folder t",
        scope="t.division = :division",
        columns={
            "ID": "t.id",
            "Created": "t.created",
            "Creator": "t.creator",
            "Division": "t.division",
            "DocumentFolder": "t.document_folder",
            "DocumentType": "t.document_type",
            "Modified": "t.modified",
            "Modifier": "t.modifier",
        },
    ),
}
