"""Rows of the data views that are looked at most, made from the shop: a sent has a job and a subscriber."""

# By view, in the order they are made; {...} are filled in by sample.py.
VIEWS = {
    "_Subscribers": """SELECT 100000 + CustomerID AS SubscriberID, ContactKey AS SubscriberKey,
            CASE WHEN Email IS NOT NULL THEN split_part(Email, '@', 2) END AS Domain, Email AS EmailAddress,
            CreatedDate AS DateJoined, CASE WHEN pick(20, 61,
            CustomerID) = 0 THEN CreatedDate + INTERVAL 90 DAY END AS DateUnsubscribed,
            CASE WHEN pick(30, 62, CustomerID) = 0 THEN 1 ELSE 0 END AS BounceCount,
            'Normal' AS SubscriberType, CASE WHEN pick(20, 61,
            CustomerID) = 0 THEN 'unsubscribed' ELSE 'active' END AS Status,
            Locale FROM {customers_table}""",
    "_Job": """SELECT {mid} AS AccountID, 501 AS AccountUserID, {job} + i AS JobID, 3000 + i AS EmailID,
            'Northwind' AS FromName, 'news@{domain}' AS FromEmail, sent_at(i) - INTERVAL 1 HOUR AS SchedTime,
            sent_at(i) - INTERVAL 5 MINUTE AS PickupTime, sent_at(i) AS DeliveredTime, true AS IsMultipart,
            CASE WHEN i % 4 = 0 THEN guid(3, i) END AS TriggererSendDefinitionObjectID,
            'Batch' AS JobType, 'Complete' AS JobStatus, 501 AS ModifiedBy, sent_at(i) AS ModifiedDate,
            'Newsletter ' || i AS EmailName, ['Neues für Dich', 'Spring sale',
            'Soldes d''été'][1 + i % 3] AS EmailSubject,
            false AS IsWrapped, 'News' AS Category, sent_at(i) - INTERVAL 1 HOUR AS OriginalSchedTime,
            sent_at(i) - INTERVAL 1 DAY AS CreatedDate, 'utf-8' AS CharacterSet, 'User' AS SendType,
            false AS SuppressTracking, false AS DeduplicateByEmail FROM range(1, {jobs} + 1) t(i)""",
    "_Sent": """SELECT {mid} AS AccountID, {mid} AS OYBAccountID, j.JobID, 77 AS ListID, 1 AS BatchID,
            s.SubscriberID, s.SubscriberKey,
            j.DeliveredTime + to_seconds(pick(3600, 71, s.SubscriberID)::INT) AS EventDate, s.Domain,
            j.TriggererSendDefinitionObjectID
        FROM {schema}."_Job" j JOIN {schema}."_Subscribers" s ON pick({jobs}, 72,
            s.SubscriberID) = j.JobID - {job} - 1
            OR pick({jobs}, 73, s.SubscriberID) = j.JobID - {job} - 1""",
    "_Open": """SELECT AccountID, OYBAccountID, JobID, ListID, BatchID, SubscriberID, SubscriberKey,
            EventDate + to_minutes(1 + pick(2000, 74, SubscriberID + JobID)::INT) AS EventDate, Domain,
            true AS IsUnique
        FROM {schema}."_Sent" WHERE pick(10, 75, SubscriberID + JobID) < 4""",
    "_Click": """SELECT AccountID, OYBAccountID, JobID, ListID, BatchID, SubscriberID, SubscriberKey,
            EventDate + INTERVAL 2 MINUTE AS EventDate, Domain, 'https://www.{domain}/offers/' || pick(5,
            76, SubscriberID) AS URL,
            'Offer ' || pick(5, 76, SubscriberID) AS LinkName, true AS IsUnique
        FROM {schema}."_Open" WHERE pick(10, 77, SubscriberID + JobID) < 3""",
    "_Bounce": """SELECT AccountID, OYBAccountID, JobID, ListID, BatchID, SubscriberID, SubscriberKey,
            EventDate + INTERVAL 1 MINUTE AS EventDate, Domain, 2 AS BounceCategoryID,
            'Hard bounce' AS BounceCategory,
            21 AS BounceSubcategoryID, 'User Unknown' AS BounceSubcategory, 1 AS BounceTypeID,
            'Immediate' AS BounceType,
            '550 5.1.1 no such user' AS SMTPBounceReason, 'no such user' AS SMTPMessage, 550 AS SMTPCode,
            true AS IsUnique
        FROM {schema}."_Sent" WHERE pick(10, 75, SubscriberID + JobID) >= 4 AND pick(40, 78,
            SubscriberID + JobID) = 0""",
    "_Unsubscribe": """SELECT AccountID, OYBAccountID, JobID, ListID, BatchID, SubscriberID, SubscriberKey,
            EventDate + INTERVAL 10 MINUTE AS EventDate, true AS IsUnique, Domain
        FROM {schema}."_Open" WHERE pick(60, 79, SubscriberID + JobID) = 0""",
    "_Complaint": """SELECT AccountID, OYBAccountID, JobID, ListID, BatchID, SubscriberID, SubscriberKey,
            EventDate + INTERVAL 20 MINUTE AS EventDate, true AS IsUnique, Domain
        FROM {schema}."_Open" WHERE pick(200, 80, SubscriberID + JobID) = 1""",
    "_ListSubscribers": """SELECT SubscriberID, SubscriberKey, 501 AS AddedBy, 'Import' AS AddMethod,
            DateJoined AS CreatedDate, DateUnsubscribed, EmailAddress, 77 AS ListID, 'All Subscribers' AS ListName,
            'Master' AS ListType, Status, SubscriberType FROM {schema}."_Subscribers"
        UNION ALL BY NAME SELECT SubscriberID, SubscriberKey, 501 AS AddedBy, 'Web Collect' AS AddMethod,
            DateJoined AS CreatedDate, EmailAddress, 78 AS ListID, 'Newsletter' AS ListName, 'List' AS ListType,
            'active' AS Status, SubscriberType FROM {schema}."_Subscribers"
            WHERE Status = 'active' AND pick(3, 81, SubscriberID) = 0""",
    "_BusinessUnitUnsubscribes": """SELECT {mid} AS BusinessUnitID, DateUnsubscribed + INTERVAL 6 HOUR AS UnsubDateUTC,
            'One click' AS UnsubReason, SubscriberID, SubscriberKey
        FROM {schema}."_Subscribers" WHERE DateUnsubscribed IS NOT NULL""",
    "_Journey": """SELECT guid(1, i) AS VersionID, guid(2, i // 2) AS JourneyID,
            ['Welcome', 'Win back'][1 + i // 2] AS JourneyName, 1 + i % 2 AS VersionNumber,
            sent_at(i) - INTERVAL 30 DAY AS CreatedDate, sent_at(i) - INTERVAL 20 DAY AS LastPublishedDate,
            sent_at(i) - INTERVAL 20 DAY AS ModifiedDate, ['Stopped', 'Running'][1 + i % 2] AS JourneyStatus
        FROM range(0, 4) t(i)""",
    "_JourneyActivity": """SELECT j.VersionID, guid(4, i) AS ActivityID, 'Email ' || i AS ActivityName,
            'EMAILV2-' || i AS ActivityExternalKey, guid(3, i) AS JourneyActivityObjectID, 'EMAILV2' AS ActivityType
        FROM range(4, {jobs} + 1, 4) t(i) JOIN {schema}."_Journey" j ON j.VersionID = guid(1, 2 * (i % 8 // 4) + 1)""",
    "_AutomationInstance": """SELECT {mid} AS MemberID, ['Nightly import', 'Segments'][1 + i % 2] AS AutomationName,
            ['auto-nightly', 'auto-segments'][1 + i % 2] AS AutomationCustomerKey, 'Schedule' AS AutomationType,
            2 AS AutomationStepCount, guid(5, i) AS AutomationInstanceID, false AS AutomationInstanceIsRunOnce,
            sent_at(i) AS AutomationInstanceScheduledTime_UTC, sent_at(i) AS AutomationInstanceStartTime_UTC,
            sent_at(i) + INTERVAL 9 MINUTE AS AutomationInstanceEndTime_UTC,
            CASE WHEN i % 5 = 0 THEN 'Error' ELSE 'Complete' END AS AutomationInstanceStatus
        FROM range(1, {jobs} + 1) t(i)""",
    "_AutomationActivityInstance": """SELECT MemberID, AutomationName, AutomationCustomerKey, AutomationInstanceID,
            300 AS ActivityType, 'Query ' || step AS ActivityName, 'query-' || step AS ActivityCustomerKey,
            step || ' - 1' AS ActivityInstanceStep, AutomationInstanceID || '-' || step AS ActivityInstanceID,
            AutomationInstanceStartTime_UTC + to_minutes(4 * (step - 1)) AS ActivityInstanceStartTime_UTC,
            AutomationInstanceStartTime_UTC + to_minutes(4 * step) AS ActivityInstanceEndTime_UTC,
            CASE WHEN step = 2 THEN AutomationInstanceStatus ELSE 'Complete' END AS ActivityInstanceStatus
        FROM {schema}."_AutomationInstance", range(1, 3) t(step)""",
    "_MobileAddress": """SELECT Phone AS "_MobileNumber", ContactKey AS "_ContactID", 'Active' AS "_Status",
            'Import' AS "_Source", '1' AS "_Priority", 'Mobile' AS "_Channel", Country AS "_CountryCode",
            CreatedDate AS "_CreatedDate", City AS "_City", FirstName AS "_FirstName", LastName AS "_LastName",
            1 AS "_UTCOffset", true AS "_IsHonorDST" FROM {customers_table} WHERE pick(10, 82, CustomerID) = 0
            AND Phone IS NOT NULL""",
    "_MobileSubscription": """SELECT "_MobileNumber", 'NEWS' AS "_SubscriptionDefinitionID", '2' AS "_OptInStatusID",
            "_CreatedDate" AS "_OptInDate", 'Import' AS "_Source", "_CreatedDate" FROM {schema}."_MobileAddress" """,
    "_SMSSubscriptionLog": """SELECT "_MobileNumber" AS MobileNumber, "_ContactID" AS SubscriberKey,
            "_CreatedDate" AS LogDate, 1 AS MobileSubscriptionID, 'NEWS' AS SubscriptionDefinitionID,
            2 AS OptInStatusID, "_CreatedDate" AS OptInDate, "_CreatedDate" AS CreatedDate
        FROM {schema}."_MobileAddress" """,
    "_SMSMessageTracking": """SELECT a."_MobileNumber" AS Mobile, s.SubscriberKey, s.SubscriberID,
            1000 + s.SubscriberID AS MobileMessageTrackingID, {mid} AS EID, {mid} AS MID, 12 AS MessageID, true AS Sent,
            pick(10, 83, s.SubscriberID) > 0 AS Delivered, pick(10, 83, s.SubscriberID) = 0 AS Undelivered,
            true AS Outbound, false AS Inbound, sent_at(3) AS CreateDateTime, sent_at(3) AS ActionDateTime,
            'Your parcel is on its way' AS MessageText, false AS IsTest, 'Parcel' AS Name, '61000' AS ShortCode
        FROM {schema}."_MobileAddress" a JOIN {schema}."_Subscribers" s ON s.SubscriberKey = a."_ContactID" """,
}  # fmt: skip
