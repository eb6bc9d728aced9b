using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Ledger;

/// <summary>What happened to an account; the only source of its state.</summary>
/// <param name="AtMs">When it was stored, milliseconds since the Unix epoch; for people, no rule depends on it.</param>
internal abstract record LedgerEvent(long AtMs);

/// <summary>The account was opened; always its first event.</summary>
/// <param name="Policy">What it may spend.</param>
/// <param name="AtMs">See <see cref="LedgerEvent"/>.</param>
internal sealed record AccountOpened(AccountPolicy Policy, long AtMs) : LedgerEvent(AtMs);

/// <summary>A release was charged.</summary>
/// <param name="Release">The release's id; it starts with the account that was asked, which is the stream's own or
/// a descendant of it.</param>
/// <param name="PeriodStartMs">Start of the accounting period.</param>
/// <param name="Window">The release's window.</param>
/// <param name="CompositionGroup">The composition group.</param>
/// <param name="MaxWindows">W.</param>
/// <param name="Cost">The loss of this release alone, in the account's measure.</param>
/// <param name="AtMs">See <see cref="LedgerEvent"/>.</param>
internal sealed record BudgetCharged(
    string Release, long PeriodStartMs, TimeWindow Window, string CompositionGroup, int MaxWindows, Units Cost, long AtMs) : LedgerEvent(AtMs)
{
    /// <summary>What the charge came to and what it paid for; null in events of form 1.</summary>
    public ChargeProof? Proof { get; init; }

    /// <summary>See <see cref="PeriodState.GroupKey"/>.</summary>
    public string GroupKey => PeriodState.GroupKey(Release[..Math.Max(0, Release.IndexOf('|', StringComparison.Ordinal))], CompositionGroup);
}

/// <summary>A person granted more budget for one period.</summary>
/// <param name="PeriodStartMs">Start of the accounting period.</param>
/// <param name="Extra">What is added to the period's budget.</param>
/// <param name="Reason">Why, in the words of the person who did.</param>
/// <param name="AtMs">See <see cref="LedgerEvent"/>.</param>
internal sealed record BudgetGranted(long PeriodStartMs, Units Extra, string Reason, long AtMs) : LedgerEvent(AtMs);

/// <summary>The account was closed; always its last event.</summary>
/// <param name="Reason">Why, in the words of the person who did.</param>
/// <param name="AtMs">See <see cref="LedgerEvent"/>.</param>
internal sealed record AccountWasClosed(string Reason, long AtMs) : LedgerEvent(AtMs);

/// <summary>Budget of one period went to another account, which holds a <see cref="BudgetTransferredIn"/> with the same
/// figures.</summary>
/// <param name="PeriodStartMs">Start of the accounting period.</param>
/// <param name="Amount">What went.</param>
/// <param name="To">The account that has it.</param>
/// <param name="ToVersion">The version of the event there.</param>
/// <param name="Reason">Why, in the words of the person who did.</param>
/// <param name="AtMs">See <see cref="LedgerEvent"/>.</param>
internal sealed record BudgetTransferredOut(long PeriodStartMs, Units Amount, string To, long ToVersion, string Reason, long AtMs) : LedgerEvent(AtMs);

/// <summary>Budget of one period came from another account.</summary>
/// <param name="PeriodStartMs">Start of the accounting period.</param>
/// <param name="Amount">What came.</param>
/// <param name="From">The account that had it.</param>
/// <param name="FromVersion">The version of the event there.</param>
/// <param name="Reason">Why, in the words of the person who did.</param>
/// <param name="AtMs">See <see cref="LedgerEvent"/>.</param>
internal sealed record BudgetTransferredIn(long PeriodStartMs, Units Amount, string From, long FromVersion, string Reason, long AtMs) : LedgerEvent(AtMs);

/// <summary>A budget and a period's length were set for all periods from one on; what was set for later ones before is
/// replaced.</summary>
/// <param name="FromMs">Start of the first period that it holds for.</param>
/// <param name="Terms">What holds from then on.</param>
/// <param name="Reason">Why, in the words of the person who did.</param>
/// <param name="AtMs">See <see cref="LedgerEvent"/>.</param>
internal sealed record PolicySet(long FromMs, AccountTerms Terms, string Reason, long AtMs) : LedgerEvent(AtMs);
