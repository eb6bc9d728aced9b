namespace AkkaPrivacy.Engine.Stages;

/// <summary>Why a row was not processed; a closed set.</summary>
public enum DeadLetterReason
{
    /// <summary>The line is not of the source's format.</summary>
    Malformed,

    /// <summary>The line is longer than the source allows.</summary>
    LineTooLong,

    /// <summary>The line is not UTF-8.</summary>
    InvalidUtf8,

    /// <summary>A field has another type than the data map says.</summary>
    WrongType,

    /// <summary>A required field is missing.</summary>
    MissingField,

    /// <summary>The event time or arrival stamp is missing or cannot be read.</summary>
    MissingTime,

    /// <summary>The event time or arrival stamp lies outside the plausible or declared range.</summary>
    TimeOutOfRange,

    /// <summary>Arrival minus event time exceeds the allowed lateness.</summary>
    Late,

    /// <summary>Event time minus arrival exceeds the allowed skew.</summary>
    Early,

    /// <summary>The row belongs to a window that fired before its source began, or has fired.</summary>
    AfterFiring,

    /// <summary>The row's key is not one of the known keys of a query.</summary>
    UnknownKey,

    /// <summary>A custom stage threw on this row.</summary>
    StageError,

    /// <summary>The row repeats one of the same subject and event id.</summary>
    Duplicate,

    /// <summary>The row's key is not in the table that it is looked up in, and such rows are dropped.</summary>
    NotInTable,

    /// <summary>The row's window was given up because it needed more memory or groups than the limits allow.</summary>
    StateLimit,

    /// <summary>The subject has not consented to what the row would be used for, so a stage dropped it.</summary>
    DroppedByConsent,
}
