using System.Collections.Concurrent;
using System.Diagnostics;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.LoadTests.AkkaNet.LedgerActors;

/// <summary>Asks ledger accounts for releases, one after the other for each account, all accounts at once.</summary>
/// <param name="client">Who asks; part of the releases' ids, so that every release is a new one.</param>
/// <param name="debit">Asks for a release and ends when it is stored for good.</param>
internal sealed class DebitLoad(string client, Func<ReleaseRequest, DrawnValues, Task> debit)
{
    private const long HourMs = 3_600_000;
    private const int HoursADay = 24;
    private static readonly long FirstMs = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private readonly ConcurrentDictionary<string, int> _next = new();

    /// <summary>The name of an account.</summary>
    /// <param name="index">From 0.</param>
    public static string Account(int index) => $"load-{index}";

    /// <summary>A budget that is never spent.</summary>
    /// <param name="account">The account.</param>
    public static AccountPolicy Policy(string account) => new()
    {
        Account = account,
        Measure = PrivacyMeasure.Pure,
        BudgetPerPeriod = PrivacyCost.Pure(1_000_000),
    };

    /// <summary>Asks for as long as is said.</summary>
    /// <param name="accounts">Whom.</param>
    /// <param name="time">How long new questions are asked.</param>
    public async Task<DebitSample> RunAsync(IReadOnlyList<string> accounts, TimeSpan time)
    {
        var latencies = new LatencyHistogram();
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(accounts.Select(account => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                var asked = Stopwatch.GetTimestamp();
                await debit(Next(account), Values()).ConfigureAwait(false);
                latencies.Add(Stopwatch.GetElapsedTime(asked));
            }
        }))).ConfigureAwait(false);
        return new DebitSample(Stopwatch.GetElapsedTime(start).TotalSeconds, latencies);
    }

    // An hour after the other, as a pipeline with windows of an hour asks.
    private ReleaseRequest Next(string account)
    {
        var hour = _next.AddOrUpdate(account, 0, (_, last) => last + 1);
        var start = FirstMs + (hour * HourMs);
        return new ReleaseRequest
        {
            Id = new ReleaseId(account, "load", client, "0123456789abcdef", new TimeWindow(start, start + HourMs)),
            CompositionGroup = client,
            MaxWindows = HoursADay,
            Cost = PrivacyCost.Pure(0.01),
        };
    }

    private static DrawnValues Values() => new()
    {
        Aggregate = "count",
        Mechanism = "discrete-laplace(scale=20)",
        GroupBy = ["page"],
        Groups = [.. Enumerable.Range(0, 10).Select(page => new ReleasedGroup([$"/page/{page:D3}"], 1000 + page, 940 + page, 1060 + page))],
        Confidence = 0.95,
    };
}

/// <summary>What was measured.</summary>
/// <param name="Seconds">From the first question to the last answer.</param>
/// <param name="Latencies">A time for each debit.</param>
internal sealed record DebitSample(double Seconds, LatencyHistogram Latencies)
{
    /// <summary>Durable debits a second.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public double PerSecond => Latencies.Count / Seconds;

    /// <summary>Puts together what several processes measured at the same time.</summary>
    /// <param name="samples">One or more.</param>
    public static DebitSample Together(IReadOnlyList<DebitSample> samples)
    {
        var latencies = new LatencyHistogram();
        foreach (var sample in samples)
        {
            latencies.Add(sample.Latencies);
        }

        return new DebitSample(samples.Max(sample => sample.Seconds), latencies);
    }
}
