using System.Collections.Immutable;
using AkkaPrivacy.Engine.Privacy;

namespace AkkaPrivacy.Ledger;

/// <content>A state that leaves old detail out, so that what is stored of it has a bound.</content>
internal sealed partial record AccountState
{
    /// <summary>The start of the first period whose groups are here. Of earlier ones there are totals, which answer
    /// what was spent but cannot take a charge.</summary>
    public long FullFromMs { get; private init; } = long.MinValue;

    /// <summary>The start of the first period that is here at all, if it was ever charged, granted or transferred.</summary>
    public long CompleteFromMs { get; private init; } = long.MinValue;

    /// <summary>Whether nothing is left out.</summary>
    public bool IsWhole => FullFromMs == long.MinValue;

    /// <summary>Whether this state can decide on a charge in the period that holds an instant.</summary>
    public bool CanCharge(long timeMs) => timeMs >= FullFromMs;

    /// <summary>Whether this state can decide on a grant, a transfer or a policy from the period that holds an instant on.</summary>
    public bool CanChange(long timeMs) => timeMs >= CompleteFromMs;

    /// <summary>Whether anything was ever charged.</summary>
    public bool WasCharged => CompleteFromMs != long.MinValue || Periods.Any(period => period.Value.Releases > 0);

    /// <summary>The state that has these parts, as a stored snapshot holds them.</summary>
    /// <exception cref="FormatException">They are no state.</exception>
    public static AccountState Restore(
        AccountPolicy policy,
        bool isClosed,
        IReadOnlyList<KeyValuePair<long, AccountTerms>> terms,
        IReadOnlyList<KeyValuePair<long, PeriodState>> periods,
        long fullFromMs,
        long completeFromMs)
    {
        if (terms.Count == 0 || terms[0].Key != long.MinValue || terms.Any(item => RequestRules.PeriodFault("", TimeSpan.FromMilliseconds(item.Value.PeriodMs)) is not null))
        {
            throw new FormatException("its terms are out of range");
        }

        var state = New with
        {
            Policy = policy,
            IsClosed = isClosed,
            Terms = terms.ToImmutableSortedDictionary(),
            Periods = periods.ToImmutableSortedDictionary(),
            FullFromMs = fullFromMs,
            CompleteFromMs = completeFromMs,
        };
        state = state with { Policy = state.PolicyOf(terms[^1].Value) };
        foreach (var (start, _) in periods)
        {
            state.CheckPeriod(start);
            state.CheckBudget(start);
        }

        return state;
    }

    /// <summary>The state with totals alone before one instant, and nothing before another.</summary>
    public AccountState Reduce(long fullFromMs, long completeFromMs)
    {
        var kept = Periods.ToBuilder();
        foreach (var (start, period) in Periods.TakeWhile(period => period.Key < fullFromMs))
        {
            if (start < completeFromMs)
            {
                kept.Remove(start);
            }
            else
            {
                kept[start] = period.Totals();
            }
        }

        return this with { Periods = kept.ToImmutable(), FullFromMs = Math.Max(FullFromMs, fullFromMs), CompleteFromMs = Math.Max(CompleteFromMs, completeFromMs) };
    }

    private void CheckFull(long start)
    {
        if (start < FullFromMs)
        {
            throw new ReducedStateException();
        }
    }

    private void CheckComplete(long start)
    {
        if (start < CompleteFromMs)
        {
            throw new ReducedStateException();
        }
    }
}

/// <summary>A state that leaves old detail out was asked for it: fold the stream from its start instead.</summary>
internal sealed class ReducedStateException() : Exception("The state leaves out what is asked for.");
