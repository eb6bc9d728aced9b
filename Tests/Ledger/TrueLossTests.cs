using AkkaPrivacy.Engine.Privacy.Accounting;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;
using Xunit;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger;

/// <summary>What subjects really lose, each followed by itself through the windows that it is in, against what accounts are charged. An
/// account above is charged the sum of those below it (docs/decisions/0029): the largest would not bound a subject of two tenants.</summary>
public sealed class TrueLossTests
{
    private const int Windows = 6;
    private static readonly string[] Leaves = ["t/a", "t/b/x", "t/b/y"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task No_subject_loses_more_than_any_account_above_it_is_charged(int seed)
    {
        var random = new Random(seed);
        var ledger = new LedgerFixture();
        foreach (var account in (string[])["t", "t/b", .. Leaves])
        {
            await ledger.OpenedAsync(Policy(random.Next(120, 400), account));
        }

        var shared = Enumerable.Range(0, 40).Select(_ => new Subject(random, Leaves)).ToList();
        var separate = Enumerable.Range(0, 40).Select(i => new Subject(random, [Leaves[i % Leaves.Length]])).ToList();
        var accepted = new List<ReleaseRequest>();
        for (var step = 0; step < 120; step++)
        {
            var width = random.Next(1, 4);
            var request = Request(random.Next(Windows), random.Next(1, 20), width, $"q{step}", $"g{width}", Leaves[random.Next(Leaves.Length)]);
            if ((await ledger.ReleaseAsync(request)).Refusal is null)
            {
                accepted.Add(request);
            }

            foreach (var account in (string[])["t", "t/b", .. Leaves])
            {
                var spent = await ledger.SpentAsync(account);
                Assert.All(shared.Concat(separate), subject => Assert.True(subject.Loss(accepted, account) <= spent, $"seed {seed}, step {step}: '{account}'"));
            }
        }

        // The sum is not more than needed: somebody in all tenants and in the dearest windows of each loses all of it.
        var dearest = Subject.InTheDearestWindows(accepted);
        Assert.Equal(await ledger.SpentAsync("t"), dearest.Loss(accepted, "t"));

        // The largest of the tenants is enough for subjects of one tenant each, and too little for others.
        var largest = 0L;
        foreach (var leaf in Leaves)
        {
            largest = Math.Max(largest, await ledger.SpentAsync(leaf));
        }

        Assert.All(separate, subject => Assert.True(subject.Loss(accepted, "t") <= largest));
        Assert.True(dearest.Loss(accepted, "t") > largest);
    }

    [Fact]
    public async Task Parts_without_a_common_subject_are_bounded_by_the_largest()
    {
        var random = new Random(5);
        var ledger = await new LedgerFixture().OpenedAsync(Policy(1000, "a"));
        await ledger.OpenedAsync(Policy(1000, "b"));
        var requests = new List<ReleaseRequest>();
        for (var step = 0; step < 60; step++)
        {
            requests.Add(Request(random.Next(Windows), random.Next(1, 20), 2, $"q{step}", "g2", step % 2 == 0 ? "a" : "b"));
            await ledger.ReleasedAsync(requests[^1]);
        }

        var costs = new[] { (await ledger.StatusAsync(0, "a"))!.Spent, (await ledger.StatusAsync(0, "b"))!.Spent };
        var together = Composition.Parallel(costs, new DisjointSubjects(["a", "b"], "separate keys and separate customers by contract"));
        foreach (var account in new[] { "a", "b" })
        {
            for (var i = 0; i < 40; i++)
            {
                var subject = new Subject(random, [account]);
                Assert.True(subject.Loss(requests, "a") + subject.Loss(requests, "b") <= together.Loss);
            }
        }
    }

    /// <summary>In which windows of each account's groups a subject counts: at most W.</summary>
    private sealed class Subject
    {
        private readonly Dictionary<string, HashSet<TimeWindow>> _windows = [];

        public Subject(Random random, IEnumerable<string> accounts)
        {
            foreach (var account in accounts)
            {
                foreach (var width in new[] { 1, 2, 3 })
                {
                    _windows[$"{account}|g{width}"] = [.. Enumerable.Range(0, Windows).OrderBy(_ => random.Next()).Take(width).Select(Window)];
                }
            }
        }

        private Subject()
        {
        }

        public static Subject InTheDearestWindows(IReadOnlyList<ReleaseRequest> accepted)
        {
            var subject = new Subject();
            foreach (var group in accepted.GroupBy(Key))
            {
                subject._windows[group.Key] = [.. group.GroupBy(request => request.Id.Window).OrderByDescending(window => window.Sum(request => request.Cost.Loss)).Take(group.First().MaxWindows).Select(window => window.Key)];
            }

            return subject;
        }

        public long Loss(IReadOnlyList<ReleaseRequest> accepted, string account) => accepted
            .Where(request => request.Id.Account == account || request.Id.Account.StartsWith(account + "/", StringComparison.Ordinal))
            .Where(request => _windows.TryGetValue(Key(request), out var windows) && windows.Contains(request.Id.Window))
            .Sum(request => request.Cost.Loss);

        private static string Key(ReleaseRequest request) => $"{request.Id.Account}|{request.CompositionGroup}";

        private static TimeWindow Window(int hour) => new(Day + (hour * Hour), Day + ((hour + 1) * Hour));
    }
}
