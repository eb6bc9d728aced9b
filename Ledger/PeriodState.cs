using System.Collections.Immutable;

namespace AkkaPrivacy.Ledger;

/// <summary>What an account was charged and granted in one period. Immutable.</summary>
internal sealed record PeriodState
{
    /// <summary>No charge and no grant.</summary>
    public static PeriodState Empty { get; } = new();

    /// <summary>The composition groups, by <see cref="GroupKey"/>.</summary>
    public ImmutableDictionary<string, GroupState> Groups { get; private init; } = ImmutableDictionary<string, GroupState>.Empty;

    /// <summary>The sum of the groups' charges.</summary>
    public Units Spent { get; private init; }

    /// <summary>What was granted on top of the budget.</summary>
    public Units Granted { get; private init; }

    /// <summary>What came from other accounts less what went to them; below 0 where more went.</summary>
    public Units Moved { get; private init; }

    /// <summary>How many releases were charged.</summary>
    public int Releases { get; private init; }

    /// <summary>The state that has these parts, as <see cref="AccountState"/> had it before it was stored.</summary>
    /// <exception cref="OverflowException">A sum exceeds the range of 64 bits.</exception>
    public static PeriodState Restore(Units granted, int releases, IEnumerable<KeyValuePair<string, GroupState>> groups)
    {
        var all = groups.ToImmutableDictionary();
        return new PeriodState
        {
            Groups = all,
            Spent = all.Values.Aggregate(default(Units), (sum, group) => sum + group.Charge),
            Granted = granted,
            Releases = releases,
        };
    }

    /// <summary>The state without its groups: what it says of sums stays, and it takes no charge any more.</summary>
    public PeriodState Totals() => this with { Groups = ImmutableDictionary<string, GroupState>.Empty };

    /// <summary>Totals, as <see cref="Totals"/> left them.</summary>
    public static PeriodState OfTotals(Units spent, Units granted, Units moved, int releases) =>
        new() { Spent = spent, Granted = granted, Moved = moved, Releases = releases };

    /// <summary>A group's key. Accounts that share an ancestor have groups of their own there, so the account that
    /// was asked is part of it; <c>|</c> is in no account's name.</summary>
    public static string GroupKey(string account, string compositionGroup) => $"{account}|{compositionGroup}";

    /// <summary>The state after a charge.</summary>
    /// <exception cref="OverflowException">A sum exceeds the range of 64 bits.</exception>
    public PeriodState Charge(BudgetCharged charge)
    {
        var before = Groups.GetValueOrDefault(charge.GroupKey) ?? GroupState.Empty(charge.MaxWindows);
        var after = before.Add(charge.Window, charge.Cost);
        return this with
        {
            Groups = Groups.SetItem(charge.GroupKey, after),
            Spent = Spent - before.Charge + after.Charge,
            Releases = checked(Releases + 1),
        };
    }

    /// <summary>The state after a grant.</summary>
    /// <exception cref="OverflowException">The sum exceeds the range of 64 bits.</exception>
    public PeriodState Grant(Units extra) => this with { Granted = Granted + extra };

    /// <summary>The state after budget came, or, below 0, went.</summary>
    /// <exception cref="OverflowException">The sum exceeds the range of 64 bits.</exception>
    public PeriodState Move(Units amount) => this with { Moved = Moved + amount };
}
