using System.Collections.Immutable;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Ledger;

/// <summary>An account, folded from its events. Immutable and pure.</summary>
internal sealed record AccountState
{
    /// <summary>Before the first event.</summary>
    public static AccountState New { get; } = new();

    /// <summary>The policy; null until the account is opened.</summary>
    public AccountPolicy? Policy { get; private init; }

    /// <summary>The periods with a charge or a grant, by their start.</summary>
    public ImmutableSortedDictionary<long, PeriodState> Periods { get; private init; } = ImmutableSortedDictionary<long, PeriodState>.Empty;

    /// <summary>The state that has these parts, as a snapshot holds them.</summary>
    /// <exception cref="FormatException">A period does not start where one can, or is overspent.</exception>
    public static AccountState Restore(AccountPolicy policy, IEnumerable<KeyValuePair<long, PeriodState>> periods)
    {
        var state = New with { Policy = policy };
        foreach (var (start, period) in periods)
        {
            state.CheckPeriod(start);
            state = state.With(start, period);
            if (!period.Spent.FitsIn(state.BudgetOf(start)))
            {
                throw new FormatException("a period is overspent");
            }
        }

        return state;
    }

    /// <summary>Length of a period in milliseconds.</summary>
    public long PeriodMs => (long)Policy!.Period.TotalMilliseconds;

    /// <summary>The state after one more event.</summary>
    /// <exception cref="FormatException">The event cannot follow this history.</exception>
    public AccountState Evolve(LedgerEvent happened) => happened switch
    {
        AccountOpened opened => Policy is null ? this with { Policy = opened.Policy } : throw new FormatException("the account is opened a second time"),
        _ when Policy is null => throw new FormatException("the account is not open yet"),
        BudgetCharged charged => Evolve(charged),
        BudgetGranted granted => Evolve(granted),
        _ => throw new FormatException("the event is of no known kind"),
    };

    /// <summary>The period that starts at an instant.</summary>
    public PeriodState Period(long startMs) => Periods.GetValueOrDefault(startMs) ?? PeriodState.Empty;

    /// <summary>The period that holds an instant.</summary>
    public TimeWindow PeriodAt(long timeMs) => TimeWindow.Containing(timeMs, PeriodMs);

    /// <summary>The budget of a period with what was granted.</summary>
    public Units BudgetOf(long startMs) => Units.Of(Policy!.BudgetPerPeriod) + Period(startMs).Granted;

    /// <summary>What is spent and left in a period.</summary>
    public AccountStatus Status(long startMs)
    {
        var period = Period(startMs);
        var measure = Policy!.Measure;
        return new AccountStatus(
            Policy.Account, startMs, startMs + PeriodMs, period.Spent.ToCost(measure), (BudgetOf(startMs) - period.Spent).ToCost(measure), period.Releases);
    }

    private AccountState Evolve(BudgetCharged charged)
    {
        var start = charged.PeriodStartMs;
        CheckPeriod(start);
        if (charged.Window.StartMs < start || charged.Window.EndMs > start + PeriodMs)
        {
            throw new FormatException("the charge's window does not lie in its period");
        }

        if (Period(start).Groups.TryGetValue(charged.GroupKey, out var group) && group.MaxWindows != charged.MaxWindows)
        {
            throw new FormatException("the charge names another W than its composition group has");
        }

        var after = Period(start).Charge(charged);
        return after.Spent.FitsIn(BudgetOf(start)) ? With(start, after) : throw new FormatException("the charge exceeds the budget");
    }

    private AccountState Evolve(BudgetGranted granted)
    {
        CheckPeriod(granted.PeriodStartMs);
        var after = With(granted.PeriodStartMs, Period(granted.PeriodStartMs).Grant(granted.Extra));
        return after.BudgetOf(granted.PeriodStartMs).AttoDelta <= PrivacyCost.UnitsPerDelta ? after : throw new FormatException("the grant is out of range");
    }

    private void CheckPeriod(long start)
    {
        if (PeriodAt(start).StartMs != start)
        {
            throw new FormatException("no period starts at the instant it names");
        }
    }

    private AccountState With(long start, PeriodState period) => this with { Periods = Periods.SetItem(start, period) };
}
