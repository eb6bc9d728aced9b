using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.LoadTests.Compare.Ledger;

/// <summary>What is asked: for each account a count of an hour after the other, each of them once.</summary>
internal sealed class LedgerLoad
{
    private const long HourMs = 3_600_000;
    private const int HoursADay = 24;
    private static readonly long FirstMs = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private static readonly DrawnValues Values = new()
    {
        Aggregate = "count",
        Mechanism = "discrete-laplace(scale=20)",
        GroupBy = ["page"],
        Groups = [new ReleasedGroup(["/page/001"], 1000, 940, 1060)],
        Confidence = 0.95,
    };

    private readonly int[] _next;
    private readonly int[] _acknowledged;
    private int _turn = -1;

    /// <summary>A load on so many accounts.</summary>
    public LedgerLoad(int accounts)
    {
        _next = new int[accounts];
        _acknowledged = new int[accounts];
    }

    /// <summary>How many accounts there are.</summary>
    public int Accounts => _next.Length;

    /// <summary>How many releases were answered as stored.</summary>
    public long Acknowledged => _acknowledged.Sum(count => (long)count);

    /// <summary>The name of an account.</summary>
    public static string Account(int index) => $"load-{index:D4}";

    /// <summary>A budget for a day of 24 counts at full cost, and no more.</summary>
    public static AccountPolicy Policy(int index) => new()
    {
        Account = Account(index),
        Measure = PrivacyMeasure.Pure,
        BudgetPerPeriod = PrivacyCost.Pure(0.01 * HoursADay),
    };

    /// <summary>The values of a release; drawing is not what is measured.</summary>
    public static DrawnValues Draw() => Values;

    /// <summary>The next request; accounts take turns.</summary>
    public (int Account, ReleaseRequest Request) Next()
    {
        var account = (int)((uint)Interlocked.Increment(ref _turn) % _next.Length);
        var start = FirstMs + ((Interlocked.Increment(ref _next[account]) - 1) * HourMs);
        return (account, new ReleaseRequest
        {
            Id = new ReleaseId(Account(account), "load", "per-page", "0123456789abcdef", new TimeWindow(start, start + HourMs)),
            CompositionGroup = "per-page",
            MaxWindows = HoursADay,
            Cost = PrivacyCost.Pure(0.01),
        });
    }

    /// <summary>Notes an answer; each has to be a release that is new.</summary>
    public void Answered(int account, ReleaseOutcome outcome)
    {
        if (outcome is not { Replayed: false, Release: not null })
        {
            throw new InvalidOperationException($"A release was refused: {outcome.Refusal?.Message ?? "it was there before"}");
        }

        Interlocked.Increment(ref _acknowledged[account]);
    }

    /// <summary>How many releases of an account were answered as stored.</summary>
    public int AcknowledgedOf(int account) => _acknowledged[account];
}
