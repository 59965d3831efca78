"""The system data views, with their columns and types as Salesforce documents them.

The spelling is theirs (TriggererSendDefinitionObjectID). A text without a length is one whose length is not documented.
"""

import re

from shell_query.sql.types import Field, FieldType, TableSchema

_DOCUMENTED = {
    "_Sent": """
        AccountID Number, OYBAccountID Number, JobID Number, ListID Number, BatchID Number, SubscriberID Number,
        SubscriberKey Text(254), EventDate Date, Domain Text(128), TriggererSendDefinitionObjectID Text(36),
        TriggeredSendCustomerKey Text(36)
    """,
    "_Open": """
        AccountID Number, OYBAccountID Number, JobID Number, ListID Number, BatchID Number, SubscriberID Number,
        SubscriberKey Text(254), EventDate Date, Domain Text(128), IsUnique Boolean,
        TriggererSendDefinitionObjectID Text(36), TriggeredSendCustomerKey Text(36)
    """,
    "_Click": """
        AccountID Number, OYBAccountID Number, JobID Number, ListID Number, BatchID Number, SubscriberID Number,
        SubscriberKey Text(254), EventDate Date, Domain Text(128), URL Text(900), LinkName Text(1024),
        LinkContent Text, IsUnique Boolean, TriggererSendDefinitionObjectID Text(36), TriggeredSendCustomerKey
        Text(36)
    """,
    "_Bounce": """
        AccountID Number, OYBAccountID Number, JobID Number, ListID Number, BatchID Number, SubscriberID Number,
        SubscriberKey Text(254), EventDate Date, Domain Text(128), BounceCategoryID Number, BounceCategory
        Text(50), BounceSubcategoryID Number, BounceSubcategory Text(50), BounceTypeID Number, BounceType
        Text(50), SMTPBounceReason Text(4000), SMTPMessage Text(4000), SMTPCode Number, IsUnique Boolean,
        TriggererSendDefinitionObjectID Text(36), TriggeredSendCustomerKey Text(36)
    """,
    "_Unsubscribe": """
        AccountID Number, OYBAccountID Number, JobID Number, ListID Number, BatchID Number, SubscriberID Number,
        SubscriberKey Text(254), EventDate Date, IsUnique Boolean, Domain Text(128)
    """,
    "_Complaint": """
        AccountID Number, OYBAccountID Number, JobID Number, ListID Number, BatchID Number, SubscriberID Number,
        SubscriberKey Text(254), EventDate Date, IsUnique Boolean, Domain Text(128)
    """,
    "_FTAF": """
        AccountID Number, OYBAccountID Number, JobID Number, ListID Number, BatchID Number, SubscriberID Number,
        SubscriberKey Text, TransactionTime Date, Domain Text, IsUnique Boolean, TriggererSendDefinitionObjectID
        Text, TriggeredSendCustomerKey Text(36)
    """,
    "_BusinessUnitUnsubscribes": """
        BusinessUnitID Number, UnsubDateUTC Date, UnsubReason Text(100), SubscriberID Number, SubscriberKey
        Text(254)
    """,
    "_Job": """
        AccountID Number, AccountUserID Number, JobID Number, EmailID Number, FromName Text(130), FromEmail
        EmailAddress, SchedTime Date, PickupTime Date, DeliveredTime Date, TriggererSendDefinitionObjectID
        Text(36), TriggeredSendCustomerKey Text(36), EventID Text(50), IsMultipart Boolean, JobType Text(50),
        JobStatus Text(50), ModifiedBy Number, ModifiedDate Date, EmailName Text(100), EmailSubject Text(200),
        IsWrapped Boolean, TestEmailAddr EmailAddress, Category Text(100), BccEmail EmailAddress,
        OriginalSchedTime Date, CreatedDate Date, CharacterSet Text(30), IPAddress Text(50),
        SalesForceTotalSubscriberCount Number, SalesForceErrorSubscriberCount Number, SendType Text(128),
        DynamicEmailSubject Text, SuppressTracking Boolean, SendClassificationType Text(32), SendClassification
        Text(36), ResolveLinksWithCurrentData Boolean, EmailSendDefinition Text(36), DeduplicateByEmail Boolean
    """,
    "_SurveyResponse": """
        AccountID Number, OYBAccountID Number, JobID Number, ListID Number, BatchID Number, SubscriberID Number,
        SubscriberKey Text, EventDate Date, Domain Text, SurveyID Number, SurveyName Text, IsUnique Number,
        QuestionID Number, QuestionName Text, Question Text, AnswerID Number, AnswerName Text, Answer Text,
        AnswerData Text
    """,
    "_SocialNetworkImpressions": """
        JobID Number, ListID Number, RegionTitle Text, RegionDescription Text, RegionHTML Text, ContentRegionID
        Number, SocialSharingSiteID Number, SiteName Text, CountryCode Text, ReferringURL Text, IPAddress
        Text(50), TransactionTime Date, PublishedSocialContentStatusID Text, ShortCode Text, PublishTime Date
    """,
    "_SocialNetworkTracking": """
        SubscriberID Number, SubscriberKey EmailAddress, ListID Number, BatchID Number, SocialSharingSiteID
        Number, SiteName Text, CountryCode Text, PublishedSocialContentID Text, RegionTitle Text,
        RegionDescription Text, RegionHTML Text, ContentRegionID Text, OYBMemberID Number, TransactionTime Date,
        IsUnique Boolean, Domain Text, PublishedSocialContentStatusID Text, ShortCode Text, PublishTime Date
    """,
    "_Coupon": """
        Name Text, ExternalKey Text, Description Text, BeginDate Date, ExpirationDate Date
    """,
    "_Subscribers": """
        SubscriberID Number, SubscriberKey Text(254), DateUndeliverable Date, DateJoined Date, DateUnsubscribed
        Date, Domain Text(254), EmailAddress EmailAddress, BounceCount Number, SubscriberType Text(100), Status
        Text(12), Locale Text
    """,
    "_ListSubscribers": """
        SubscriberID Number, SubscriberKey Text(254), AddedBy Number, AddMethod Text(17), CreatedDate Date,
        DateUnsubscribed Date, EmailAddress Text, ListID Number, ListName Text(50), ListType Text(16), Status
        Text(12), SubscriberType Text(100)
    """,
    "_Journey": """
        VersionID Text(36), JourneyID Text(36), JourneyName Text(200), VersionNumber Number, CreatedDate Date,
        LastPublishedDate Date, ModifiedDate Date, JourneyStatus Text(100)
    """,
    "_JourneyActivity": """
        VersionID Text(36), ActivityID Text(36), ActivityName Text(200), ActivityExternalKey Text(200),
        JourneyActivityObjectID Text(36), ActivityType Text(512)
    """,
    "_AutomationInstance": """
        MemberID Number, AutomationName Text(400), AutomationCustomerKey Text, AutomationDescription Text(400),
        AutomationType Text(50), AutomationNotificationRecipient_Complete Text(500),
        AutomationNotificationRecipient_Error Text(500), AutomationNotificationRecipient_Skip Text(500),
        AutomationStepCount Number, AutomationInstanceID Text(50), AutomationInstanceIsRunOnce Boolean,
        FilenameFromTrigger Text(4000), AutomationInstanceScheduledTime_UTC Date,
        AutomationInstanceStartTime_UTC Date, AutomationInstanceEndTime_UTC Date, AutomationInstanceStatus
        Text(400), AutomationInstanceActivityErrorDetails Text(4000)
    """,
    "_AutomationActivityInstance": """
        MemberID Number, AutomationName Text(400), AutomationCustomerKey Text(400), AutomationInstanceID
        Text(50), ActivityType Number, ActivityName Text(400), ActivityDescription Text(400),
        ActivityCustomerKey Text(400), ActivityInstanceStep Text(50), ActivityInstanceID Text(50),
        ActivityInstanceStartTime_UTC Date, ActivityInstanceEndTime_UTC Date, ActivityInstanceStatus Text(256),
        ActivityInstanceStatusDetails Text(4000)
    """,
    "_SMSMessageTracking": """
        Mobile Phone, SubscriberKey Text, SubscriberID Number, MobileMessageTrackingID Number, EID Number, MID
        Number, MessageID Number, KeywordID Text, CodeID Text, ConversationID Text, CampaignID Number, Sent
        Boolean, Delivered Boolean, Undelivered Boolean, Outbound Boolean, Inbound Boolean, CreateDateTime Date,
        ModifiedDateTime Date, ActionDateTime Date, MessageText Text, IsTest Boolean, MobileMessageRecurrenceID
        Number, ResponseToMobileMessageTrackingID Number, IsValid Boolean, InvalidationCode Number, SendID
        Number, SendSplitID Number, SendSegmentID Number, SendJobID Number, SendGroupID Number, SendPersonID
        Number, SMSStandardStatusCodeId Number, Description Text, Name Text, ShortCode Text, SharedKeyword Text,
        Ordinal Number, FromName Text, JBActivityID Text, JBDefinitionID Text, SMSJobID Text, SMSBatchID Number
    """,
    "_SMSSubscriptionLog": """
        MobileNumber Phone, SubscriberKey Text, LogDate Date, MobileSubscriptionID Number,
        SubscriptionDefinitionID Text, OptOutStatusID Number, OptOutMethodID Number, OptOutDate Date,
        OptInStatusID Number, OptInMethodID Number, OptInDate Date, Source Number, CreatedDate Date,
        ModifiedDate Date
    """,
    "_UndeliverableSms": """
        MobileNumber Phone, Undeliverable Boolean, BounceCount Number, FirstBounceDate Date, HoldDate Date
    """,
    "_MobileAddress": """
        _MobileNumber Text(15), _ContactID Text, _Status Text, _Source Text, _SourceObjectId Text(200),
        _Priority Text, _Channel Text(20), _CarrierID Text, _CountryCode Text(2), _CreatedDate Date, _CreatedBy
        Text, _ModifiedDate Date, _ModifiedBy Text, _City Text(200), _State Text(200), _ZipCode Text(20),
        _FirstName Text(100), _LastName Text(100), _UTCOffset Number, _IsHonorDST Boolean
    """,
    "_MobileSubscription": """
        _MobileNumber Text(15), _SubscriptionDefinitionID Text(200), _OptOutStatusID Text, _OptOutMethodID Text,
        _OptOutDate Date, _OptInStatusID Text, _OptInMethodID Text, _OptInDate Date, _Source Text, _CreatedDate
        Date, _SourceObjectId Text(200), _CreatedBy Text, _ModifiedDate Date, _ModifiedBy Text
    """,
    "_ChatMessagingSubscription": """
        _MobileNumber Text(254), _ChannelId Text(50), _ChannelType Text(20), _OptOutStatusID Text,
        _OptOutMethodID Text, _OptOutDate Date, _OptinStatusID Text, _OptinMethodID Text, _OptinDate Date,
        _Source Text, _SourceObjectId Text(200), _CreatedDate Date, _CreatedBy Text, _ModifiedDate Date,
        _ModifiedBy Text
    """,
    "_PushAddress": """
        _DeviceID Text(200), _ContactID Text, _APID Text(38), _Status Text, _Source Text, _SourceObjectId
        Text(200), _Platform Text(100), _PlatformVersion Text(100), _Alias Text(100), _OptOutStatusID Text,
        _OptOutMethodID Text, _OptOutDate Date, _OptInStatusID Text, _OptInMethodID Text, _OptInDate Date,
        _Channel Text(20), _CreatedDate Date, _CreatedBy Text, _ModifiedDate Date, _ModifiedBy Text, _City
        Text(200), _State Text(200), _ZipCode Text(20), _FirstName Text(100), _LastName Text(100), _UTCOffset
        Decimal, _IsHonorDST Boolean, _SystemToken Text(4000), _ProviderToken Text(200), _Badge Number,
        _LocationEnabled Boolean, _TimeZone Text(50), _Device Text(100), _HardwareId Text(100), _DeviceType
        Text(20)
    """,
    "_PushTag": """
        _DeviceID Text(200), _APID Text(38), _Value Text(128), _CreatedDate Date, _CreatedBy Text, _ModifiedDate
        Date, _ModifiedBy Text
    """,
    "_MobileLineAddressContactSubscriptionView": """
        ContactID Number, ContactKey Text, ChannelID Text, AddressID Text, IsActive Number, CreatedDate Date,
        ModifiedDate Date
    """,
    "_MobileLineOrphanContactView": """
        ContactID Number, ContactKey Text, AddressID Text, CreatedDate Date
    """,
}
_COLUMN = re.compile(r"(?P<name>\w+)\s+(?P<type>\w+)(?:\((?P<length>\d+)\))?")


def _schema(name: str, columns: str) -> TableSchema:
    fields = tuple(
        Field(found["name"], FieldType(found["type"]), int(found["length"]) if found["length"] else None)
        for found in (_COLUMN.fullmatch(column.strip()) for column in columns.split(","))
        if found
    )
    return TableSchema(name, fields)


DATA_VIEWS: dict[str, TableSchema] = {name.lower(): _schema(name, columns) for name, columns in _DOCUMENTED.items()}
"""By their names in lower case."""
