using AkkaPrivacy.Engine.Releases;
using Xunit;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger.GroupCommit;

/// <summary>The plain ledger is the oracle: the same requests in the same order give the same answers and the same store,
/// byte for byte, however they are grouped and whoever writes in between.</summary>
public sealed class GroupCommitOracleTests
{
    private static readonly string[] Accounts = ["t", "t/a", "t/a/x", "t/b", "u", "v/w"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Groups_answer_as_the_plain_ledger_does(int seed)
    {
        var random = new Random(seed);
        await using var ledgers = await new GroupFixture(new() { MaxGroup = random.Next(2, 40) })
            .OpenedAsync([.. Accounts.Select(account => (account, (long)random.Next(100, 600)))]);
        var (accepted, refused, asked) = (0, 0, new List<ReleaseRequest>());
        for (var batch = 0; batch < 25; batch++)
        {
            var requests = Enumerable.Range(0, random.Next(1, 60)).Select(_ => Next(random, asked)).ToList();
            var answers = await ledgers.TogetherAsync(requests, Draw);
            foreach (var (request, answer) in requests.Zip(answers))
            {
                var failure = await Record.ExceptionAsync(async () =>
                {
                    var expected = await ledgers.PlainAsync(request, Draw);
                    var found = await answer;
                    Assert.Equal(expected.Refusal, found.Refusal);
                    Assert.Equal(expected.Replayed, found.Replayed);
                    Assert.Equal(Text(expected.Release), Text(found.Release));
                    accepted += found.Release is null ? 0 : 1;
                    refused += found.Refusal is null ? 0 : 1;
                });
                if (failure is TimeoutException)
                {
                    await Assert.ThrowsAsync<TimeoutException>(() => answer);
                }
                else
                {
                    Assert.Null(failure);
                }
            }

            if (batch % 3 == 0)
            {
                var request = Next(random, asked);
                Assert.Equal((await ledgers.PlainAsync(request)).Refusal?.Code, (await ledgers.ElsewhereAsync(request)).Refusal?.Code);
            }
        }

        await ledgers.AssertEqualStoresAsync(withSnapshots: false);
        Assert.True(accepted > 100 && refused > 20, $"{accepted} accepted, {refused} refused");
        Assert.InRange(ledgers.Store.Transactions, 25, asked.Count / 2);
    }

    [Fact]
    public async Task An_account_with_many_events_gets_the_same_snapshots()
    {
        await using var ledgers = await new GroupFixture(new() { MaxGroup = 7 }).OpenedAsync(("a", 1_000_000));
        var requests = Enumerable.Range(0, 600).Select(i => Request(i % 24, 1, 24, $"q{i}", account: "a")).ToList();
        Assert.All(await Task.WhenAll(await ledgers.TogetherAsync(requests)), outcome => Assert.NotNull(outcome.Release));
        foreach (var request in requests)
        {
            await ledgers.PlainAsync(request);
        }

        await ledgers.AssertEqualStoresAsync();
    }

    private static DrawnValues Draw(ReleaseRequest request) =>
        request.Id.Query.EndsWith('9') ? throw new TimeoutException() : GroupFixture.ValuesOf(request);

    private static ReleaseRequest Next(Random random, List<ReleaseRequest> asked)
    {
        var again = asked.Count > 0 && random.Next(8) == 0;
        var group = $"g{random.Next(3)}";
        var request = again
            ? asked[random.Next(asked.Count)]
            : Request(random.Next(72), random.Next(1, 25), random.Next(40) == 0 ? 9 : 1 + (group[1] - '0'), $"q{asked.Count}", group, random.Next(30) == 0 ? "none" : Accounts[random.Next(Accounts.Length)]);
        asked.Add(request);
        return request;
    }

    private static string? Text(Release? release) => release is null ? null : Convert.ToHexString(ReleaseJson.ToUtf8(release));
}
