namespace AkkaPrivacy.Engine.Releases;

/// <summary>
/// Why a release is refused; a closed set. When several apply, the one that stands first here is given.
/// </summary>
public enum RefusalCode
{
    /// <summary>The pipeline lacks the state that says how often subjects have counted in this period, because it started
    /// anew in its middle. Given by the pipeline before the ledger is asked.</summary>
    BoundsUnknown,

    /// <summary>The window needed more memory or groups than the limits allow, and its state was given up. Given by the
    /// pipeline before the ledger is asked; a window that was once given up stays withheld.</summary>
    StateLimit,

    /// <summary>The window is a step of a running total with continual noise that has gone on without it, which cannot be taken back. Given
    /// by the pipeline before the ledger is asked.</summary>
    StepPassed,

    /// <summary>A name, cost or bound of the request is out of range.</summary>
    MalformedRequest,

    /// <summary>A ledger that lives elsewhere gave no answer in time, or could not store the release. It may have been
    /// stored all the same: ask again with the same id. Never given by a ledger on the caller's store.</summary>
    Unavailable,

    /// <summary>The account's stream cannot be read as a history of this ledger.</summary>
    CorruptHistory,

    /// <summary>A newer epoch of the owner that asks was seen (<see cref="ReleaseRequest.Fence"/>). Never given by a
    /// ledger on the caller's store, whose transaction is fenced itself.</summary>
    SupersededOwner,

    /// <summary>Another ledger keeps the account, or one above or below it: that of a cluster, or the one on the store.</summary>
    KeptElsewhere,

    /// <summary>No account of that name is open.</summary>
    UnknownAccount,

    /// <summary>The account, or one above it, is closed: it takes no charge, grant, transfer or policy any more.</summary>
    AccountClosed,

    /// <summary>The account cannot be closed while one below it is open.</summary>
    DescendantsOpen,

    /// <summary>The account is open with another measure, budget or period, or its tree or its charges do not allow the
    /// period that is asked for.</summary>
    PolicyMismatch,

    /// <summary>The window does not lie within one accounting period.</summary>
    WindowOutsidePeriod,

    /// <summary>The cost cannot be counted in the account's measure.</summary>
    MeasureMismatch,

    /// <summary>The composition group was charged with another W in this period.</summary>
    GroupMismatch,

    /// <summary>The request does not fit into what is left of the period's budget.</summary>
    BudgetExceeded,
}

/// <summary>A refusal: nothing was charged, drawn or stored.</summary>
/// <param name="Code">The code, from a closed set.</param>
/// <param name="Message">What does not fit, with the account, the figures and what to do.</param>
public sealed record Refusal(RefusalCode Code, string Message);
