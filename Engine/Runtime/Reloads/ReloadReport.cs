using AkkaPrivacy.Engine.Planning.Diff;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Engine.Runtime.Reloads;

/// <summary>What a reload does, did, or why it is refused. Nothing in it comes from rows but the range of their arrivals.</summary>
public sealed record ReloadReport
{
    /// <summary>The difference of the two plans.</summary>
    public required PlanDiff Diff { get; init; }

    /// <summary>The queries of both plans, in the order of <see cref="PlanDiff.Queries"/>.</summary>
    public required IReadOnlyList<ReloadedQuery> Queries { get; init; }

    /// <summary>The periods that are open, in order of time.</summary>
    public required IReadOnlyList<ReloadedPeriod> Periods { get; init; }

    /// <summary>Why the plan is not taken up; empty when it may be.</summary>
    public required IReadOnlyList<string> Refusals { get; init; }

    /// <summary>Whether the plan is in force now.</summary>
    public bool Applied { get; init; }
}

/// <summary>What a reload does to a query.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Change">What becomes of it.</param>
/// <param name="KeepsState">Whether its open windows go on with what was read.</param>
/// <param name="FirstWindow">Start of the first window that it releases from here on, the earliest of which all rows are read;
/// null when it has ended, and when nothing was read so far.</param>
/// <param name="Dropped">The windows that are open and will not be released, from the first one's start to the last one's end;
/// null for none.</param>
public sealed record ReloadedQuery(string Name, PlanChange Change, bool KeepsState, DateTimeOffset? FirstWindow, TimeWindow? Dropped);

/// <summary>The budget of a period that is open.</summary>
/// <param name="Period">The period.</param>
/// <param name="Spent">The account's charge so far.</param>
/// <param name="Left">What is left.</param>
/// <param name="MayCharge">The most that the new plan can be charged in the rest of the period.</param>
public sealed record ReloadedPeriod(TimeWindow Period, PrivacyCost Spent, PrivacyCost Left, PrivacyCost MayCharge)
{
    /// <summary>Whether the rest of the budget holds that.</summary>
    public bool Fits => MayCharge.FitsIn(Left);
}
