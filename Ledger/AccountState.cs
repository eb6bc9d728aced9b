using System.Collections.Immutable;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Ledger;

/// <summary>An account, folded from its events. Immutable and pure.</summary>
internal sealed partial record AccountState
{
    /// <summary>Before the first event.</summary>
    public static AccountState New { get; } = new();

    /// <summary>The newest policy, which holds for the periods to come; null until the account is opened.</summary>
    public AccountPolicy? Policy { get; private init; }

    /// <summary>Whether the account was closed.</summary>
    public bool IsClosed { get; private init; }

    /// <summary>Budget and length of the periods, by the start of the first that they hold for. The first entry holds from
    /// the beginning of time.</summary>
    public ImmutableSortedDictionary<long, AccountTerms> Terms { get; private init; } = ImmutableSortedDictionary<long, AccountTerms>.Empty;

    /// <summary>The periods with a charge, a grant or a transfer, by their start.</summary>
    public ImmutableSortedDictionary<long, PeriodState> Periods { get; private init; } = ImmutableSortedDictionary<long, PeriodState>.Empty;

    /// <summary>The state that has these parts, as a snapshot of an account with one policy holds them.</summary>
    /// <exception cref="FormatException">A period does not start where one can, or is overspent.</exception>
    public static AccountState Restore(AccountPolicy policy, IEnumerable<KeyValuePair<long, PeriodState>> periods)
    {
        var state = New.Open(policy);
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

    /// <summary>The state after one more event.</summary>
    /// <exception cref="FormatException">The event cannot follow this history.</exception>
    /// <exception cref="ReducedStateException">The state was reduced, and what the event needs is left out of it.</exception>
    public AccountState Evolve(LedgerEvent happened) => happened switch
    {
        AccountOpened opened => Policy is null ? Open(opened.Policy) : throw new FormatException("the account is opened a second time"),
        _ when Policy is null => throw new FormatException("the account is not open yet"),
        _ when IsClosed => throw new FormatException("the account is closed"),
        BudgetCharged charged => Evolve(charged),
        BudgetGranted granted => Add(granted.PeriodStartMs, period => period.Grant(granted.Extra)),
        BudgetTransferredIn transferred => Add(transferred.PeriodStartMs, period => period.Move(transferred.Amount)),
        BudgetTransferredOut transferred => Add(transferred.PeriodStartMs, period => period.Move(default(Units) - transferred.Amount)),
        PolicySet set => Evolve(set),
        AccountWasClosed => this with { IsClosed = true },
        _ => throw new FormatException("the event is of no known kind"),
    };

    /// <summary>The period that starts at an instant.</summary>
    public PeriodState Period(long startMs) => Periods.GetValueOrDefault(startMs) ?? PeriodState.Empty;

    /// <summary>The period that holds an instant.</summary>
    /// <remarks>Terms begin where a period of the ones before ends, so no period lies in two of them.</remarks>
    public TimeWindow PeriodAt(long timeMs) => TimeWindow.Containing(timeMs, TermsAt(timeMs).PeriodMs);

    /// <summary>Budget and length of the period that holds an instant.</summary>
    public AccountTerms TermsAt(long timeMs)
    {
        var found = default(AccountTerms);
        foreach (var (from, terms) in Terms)
        {
            if (from > timeMs)
            {
                break;
            }

            found = terms;
        }

        return found;
    }

    /// <summary>The budget of a period with what was granted and transferred.</summary>
    public Units BudgetOf(long startMs) => TermsAt(startMs).Budget + Period(startMs).Granted + Period(startMs).Moved;

    /// <summary>Whether a configuration may name this policy: it is one that holds in some period.</summary>
    public bool Has(AccountPolicy policy) => Terms.Values.Any(terms => PolicyOf(terms) == policy);

    /// <summary>What is spent and left in a period.</summary>
    public AccountStatus Status(long startMs)
    {
        var period = Period(startMs);
        var measure = Policy!.Measure;
        return new AccountStatus(
            Policy.Account, startMs, PeriodAt(startMs).EndMs, period.Spent.ToCost(measure), (BudgetOf(startMs) - period.Spent).ToCost(measure), period.Releases);
    }

    private AccountPolicy PolicyOf(AccountTerms terms) => Policy! with
    {
        BudgetPerPeriod = terms.Budget.ToCost(Policy.Measure),
        Period = TimeSpan.FromMilliseconds(terms.PeriodMs),
    };

    private AccountState Open(AccountPolicy policy) => this with
    {
        Policy = policy,
        Terms = Terms.SetItem(long.MinValue, new AccountTerms(Units.Of(policy.BudgetPerPeriod), (long)policy.Period.TotalMilliseconds)),
    };

    private AccountState Evolve(BudgetCharged charged)
    {
        var start = charged.PeriodStartMs;
        CheckPeriod(start);
        CheckFull(start);
        if (charged.Window.StartMs < start || charged.Window.EndMs > PeriodAt(start).EndMs)
        {
            throw new FormatException("the charge's window does not lie in its period");
        }

        if (Period(start).Groups.TryGetValue(charged.GroupKey, out var group) && group.MaxWindows != charged.MaxWindows)
        {
            throw new FormatException("the charge names another W than its composition group has");
        }

        var (before, budget) = (Period(start), BudgetOf(start));
        var after = before.Charge(charged);
        if (!after.Spent.FitsIn(budget))
        {
            throw new FormatException("the charge exceeds the budget");
        }

        return charged.Proof?.Difference(ChargeProof.Of(charged, before, after, budget)) is { } other
            ? throw new FormatException($"the charge states another '{other}' than the events before it give")
            : With(start, after);
    }

    private AccountState Add(long start, Func<PeriodState, PeriodState> change)
    {
        CheckPeriod(start);
        CheckComplete(start);
        var after = With(start, change(Period(start)));
        after.CheckBudget(start);
        return after;
    }

    private AccountState Evolve(PolicySet set)
    {
        CheckComplete(set.FromMs);
        CheckPeriod(set.FromMs);
        var after = With(set.FromMs, set.Terms);
        after.CheckPeriod(set.FromMs);
        foreach (var (start, _) in PeriodsFrom(set.FromMs))
        {
            if (after.PeriodAt(start) != PeriodAt(start))
            {
                throw new FormatException("a period that was charged would change its length");
            }

            after.CheckBudget(start);
        }

        return RequestRules.Check(after.Policy!) is null ? after : throw new FormatException("its policy is out of range");
    }

    /// <summary>The state with other terms from a period on, unchecked.</summary>
    public AccountState With(long fromMs, AccountTerms terms) => this with
    {
        Terms = Terms.RemoveRange(Terms.Keys.Where(from => from >= fromMs)).SetItem(fromMs, terms),
        Policy = PolicyOf(terms),
    };

    /// <summary>The periods with something in them that start at an instant or later.</summary>
    public IEnumerable<KeyValuePair<long, PeriodState>> PeriodsFrom(long fromMs) => Periods.Reverse().TakeWhile(period => period.Key >= fromMs);

    private void CheckBudget(long start)
    {
        var budget = BudgetOf(start);
        if (budget.AttoDelta > PrivacyCost.UnitsPerDelta)
        {
            throw new FormatException("the budget is out of range");
        }

        if (!Period(start).Spent.FitsIn(budget))
        {
            throw new FormatException("more is spent than the budget would be");
        }
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
