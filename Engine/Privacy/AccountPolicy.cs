namespace AkkaPrivacy.Engine.Privacy;

/// <summary>What an account may spend on each subject and period.</summary>
public sealed record AccountPolicy
{
    /// <summary>The account's path, for example <c>tenant/site/dataset</c>; 1 to 256 characters of
    /// <c>a-z A-Z 0-9 . _ - /</c>. The parts before the last name its ancestors.</summary>
    public required string Account { get; init; }

    /// <summary>How losses are measured; fixed when the account is opened.</summary>
    public required PrivacyMeasure Measure { get; init; }

    /// <summary>The largest loss of a subject in one period.</summary>
    public required PrivacyCost BudgetPerPeriod { get; init; }

    /// <summary>The accounting period; from one minute to 366 days, periods are aligned to the Unix epoch in UTC.
    /// Default: one day.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromDays(1);
}
