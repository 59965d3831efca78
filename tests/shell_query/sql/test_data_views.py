from shell_query.sql import Field, FieldType
from shell_query.sql.data_views import DATA_VIEWS


def test_all_documented_views_are_there() -> None:
    assert len(DATA_VIEWS) == 29
    assert sum(len(view.fields) for view in DATA_VIEWS.values()) == 422
    assert all(name == view.name.lower() for name, view in DATA_VIEWS.items())


def test_a_view_as_it_is_documented() -> None:
    assert DATA_VIEWS["_sent"].fields == (
        Field("AccountID", FieldType.NUMBER),
        Field("OYBAccountID", FieldType.NUMBER),
        Field("JobID", FieldType.NUMBER),
        Field("ListID", FieldType.NUMBER),
        Field("BatchID", FieldType.NUMBER),
        Field("SubscriberID", FieldType.NUMBER),
        Field("SubscriberKey", FieldType.TEXT, 254),
        Field("EventDate", FieldType.DATE),
        Field("Domain", FieldType.TEXT, 128),
        Field("TriggererSendDefinitionObjectID", FieldType.TEXT, 36),
        Field("TriggeredSendCustomerKey", FieldType.TEXT, 36),
    )


def test_no_view_has_a_column_twice() -> None:
    for view in DATA_VIEWS.values():
        names = [field.name.lower() for field in view.fields]
        assert len(set(names)) == len(names), view.name
