namespace AkkaPrivacy.TestKit;

/// <summary>What became of a row in one query.</summary>
public enum RowFate
{
    /// <summary>It counts in every window that it lies in.</summary>
    Counts,

    /// <summary>It arrived later after its event than is allowed.</summary>
    Late,

    /// <summary>It arrived earlier before its event than is allowed.</summary>
    Early,

    /// <summary>It is a dead letter for another reason: malformed, a field missing or of a wrong type, a time out of range.</summary>
    DeadLetter,

    /// <summary>A stage before the bounds left it out: a filter, a sample, a branch, a duplicate; or a stage that makes rows of
    /// its own of rows (sessions) took it in.</summary>
    LeftOut,

    /// <summary>Its window had fired before it came, or had begun before the input did.</summary>
    AfterFiring,

    /// <summary>Its group is not one of the known keys.</summary>
    UnknownKey,

    /// <summary>Its subject counts in as many other groups of the window as are allowed.</summary>
    BoundedByGroups,

    /// <summary>Its subject counts with as many other rows of the group as are allowed. Only where rows are counted.</summary>
    BoundedByRows,

    /// <summary>Its subject counts in as many earlier windows of the period as are allowed.</summary>
    BoundedByWindows,

    /// <summary>Its window has not fired, or was given up.</summary>
    NotFired,
}
