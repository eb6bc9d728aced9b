using System.Text;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Ledger.Verification;
using Xunit;
using static AkkaPrivacy.Tests.Ledger.LedgerFixture;

namespace AkkaPrivacy.Tests.Ledger.Verification;

/// <summary>Receipts are verified without a store, down to each byte.</summary>
public sealed class ReceiptTests
{
    // A file of form 1, as it was written once; it stays readable for ever: never edit it.
    private const string Before = """{"form":"akkaprivacy-receipt/1","release":"tenant/site/logs|pipe|0123456789abcdef|q|1001709251200000|3600000","account":"tenant/site/logs","window":{"start":"2024-03-01T00:00:00Z","end":"2024-03-01T01:00:00Z"},"composition_group":"g","max_windows":1,"events":[{"version":3,"type":"charged/1","payload":"{\"prev\":\"643b0fb2acbe55242f57adbcc67ea5fbb4d056676c0d004953192ec27b2318e8\",\"at_ms\":1709294400007,\"release\":\"tenant/site/logs|pipe|0123456789abcdef|q|1001709251200000|3600000\",\"period_start_ms\":1709251200000,\"window_start_ms\":1709251200000,\"window_end_ms\":1709254800000,\"composition_group\":\"g\",\"max_windows\":1,\"loss\":1000000005,\"atto_delta\":0}","hash":"8b71e87022b72a7f7acdee4deea77c1e3d97bd20b0b8c83a1b18d8e3059ec149"}],"head":{"version":3,"hash":"8b71e87022b72a7f7acdee4deea77c1e3d97bd20b0b8c83a1b18d8e3059ec149"}}""";

    [Fact]
    public void A_receipt_of_form_1_is_verified_without_values()
    {
        var file = ReceiptText.Read(Encoding.UTF8.GetBytes(Before + "\n"));
        Assert.Null(file.Fault());
        Assert.Null(file.Released);
        Assert.Equal(1_000_000_005, file.Charge().Cost.Loss);
        Assert.Contains("hash of event 3", ReceiptText.Read(Encoding.UTF8.GetBytes(Before.Replace("1000000005", "1000000004"))).Fault());
    }

    [Fact]
    public async Task A_receipt_states_the_charge_its_reason_its_balance_and_its_values()
    {
        var (_, file) = await ReceiptAsync();
        var (receipt, proof) = (file.Released!.Receipt, file.Proof!);
        Assert.Equal((ChargeReason.WindowReplaced, 3, 2), (proof.Reason, proof.Windows, receipt.MaxWindows));
        Assert.Equal((7L, 7L, 4L, 11L, 39L, 50L), (receipt.Cost.Loss, Pure(7).Loss, receipt.Charged.Loss, receipt.SpentInPeriod.Loss, receipt.LeftInPeriod.Loss, proof.Budget.Loss));
        Assert.Equal(7, proof.SpentBefore.Loss);
        Assert.Equal([("t/a", 4L), ("t", 4L)], proof.Above.Select(charge => (charge.Account, charge.Charged.Loss)));
        Assert.Equal(ReleaseCommitment.Of(file.Released), proof.Values);
        Assert.Equal(file.Events[0].Hash, proof.Event);
        Assert.Null(ReceiptText.Read(ReceiptText.Write(file)).Fault());
    }

    [Fact]
    public async Task Every_changed_byte_of_a_receipt_is_found()
    {
        var (_, file) = await ReceiptAsync();
        var text = ReceiptText.Write(file);
        Assert.Null(Fault(text));
        for (var i = 0; i < text.Length; i++)
        {
            foreach (var flip in new[] { 1, 2, 0x20 })
            {
                var damaged = (byte[])text.Clone();
                damaged[i] ^= (byte)flip;
                Assert.True(Fault(damaged) is { Length: > 0 }, $"byte {i} ^ {flip}: {Encoding.UTF8.GetString(damaged, Math.Max(0, i - 30), 31)}");
            }
        }

        Assert.NotNull(Fault(text[..^1]));
        Assert.NotNull(Fault([.. text, (byte)' ']));
        Assert.Null(Fault([.. text, (byte)'\r', (byte)'\n']));
    }

    [Theory]
    [InlineData("\"value\":3,", "\"value\":4,", "the values, intervals or keys")]
    [InlineData("\"low\":1.50", "\"low\":1.25", "the values, intervals or keys")]
    [InlineData("\"low\":1.50", "\"low\":1.5", null)]
    [InlineData("\"spent_before\":{\"measure\":\"pure\",\"nano_epsilon\":7}", "\"spent_before\":{\"measure\":\"pure\",\"nano_epsilon\":6}", "spent_before")]
    [InlineData("\"budget\":{\"measure\":\"pure\",\"nano_epsilon\":50}", "\"budget\":{\"measure\":\"pure\",\"nano_epsilon\":51}", "budget")]
    [InlineData("\"reason\":\"window-replaced\"", "\"reason\":\"window-added\"", "reason")]
    [InlineData("{\"account\":\"t\",", "{\"account\":\"u\",", "account 'u' above differs in its account")]
    [InlineData("\"nano_epsilon\":4},\"event\"", "\"nano_epsilon\":5},\"event\"", "above differs in charged")]
    [InlineData("\"windows\":3", "\"windowz\":3", "'windows'")]
    public async Task A_change_is_named(string what, string with, string? name)
    {
        var (_, file) = await ReceiptAsync();
        var text = Encoding.UTF8.GetString(ReceiptText.Write(file));
        Assert.Contains(what, text);
        var fault = Fault(Encoding.UTF8.GetBytes(text.Replace(what, with)));
        Assert.True(name is null ? fault is null : fault?.Contains(name) == true, fault);
    }

    [Fact]
    public async Task A_published_release_that_is_not_the_charged_one_is_named_by_its_part()
    {
        var (_, file) = await ReceiptAsync();
        var release = file.Released!;
        Assert.Null(ReleaseDifference.Of(ReleaseJson.Read(ReleaseJson.ToUtf8(release)), release));
        var group = release.Groups[0];
        Assert.Equal("value of group 1", ReleaseDifference.Of(release with { Groups = [group with { Value = 9 }] }, release));
        Assert.Equal("key of group 1", ReleaseDifference.Of(release with { Groups = [group with { Key = ["/"] }] }, release));
        Assert.Equal("standard_error of group 1", ReleaseDifference.Of(release with { Groups = [group with { StandardError = 2 }] }, release));
        Assert.Equal("receipt", ReleaseDifference.Of(release with { Receipt = release.Receipt with { MaxWindows = 9 } }, release));
    }

    [Fact]
    public async Task Figures_that_were_rewritten_with_their_hashes_show_where_events_follow()
    {
        var (_, file) = await ReceiptAsync(after: true);
        Assert.Null(file.Fault());
        var events = file.Events.ToList();
        var changed = events[1].Payload.Replace("\"spent_loss\":16", "\"spent_loss\":15").Replace("\"charged_loss\":5", "\"charged_loss\":5");
        Assert.NotEqual(events[1].Payload, changed);
        events[1] = events[1] with { Payload = changed, Hash = LedgerEventCodec.Hash(events[1].Type, Encoding.UTF8.GetBytes(changed)) };
        Assert.Contains("is not what was spent before", (file with { Events = events }).Fault());
    }

    [Fact]
    public async Task A_charge_of_form_1_gives_a_receipt_without_values()
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(50, "a"));
        var release = await ledger.ReleasedAsync(Request(0, 3, account: "a"));
        var old = new MemoryStore();
        await old.TransactAsync(async tx =>
        {
            var history = new AccountHistory();
            foreach (var happened in new LedgerEvent[] { new AccountOpened(Policy(50, "a"), 1), new BudgetCharged(release.Id.ToString(), Day, release.Id.Window, "g", 1, new Units(3, 0), release.Receipt.StoredAtMs) })
            {
                await history.AppendAsync(tx, "a", await history.LoadAsync(tx, "a"), happened);
            }

            await tx.PutAsync("releases", release.Id.ToString(), ReleaseJson.ToUtf8(release with { Receipt = release.Receipt with { Proof = null } }));
            return true;
        });
        var file = (await old.TransactAsync(tx => ReceiptFile.OfAsync(tx, release.Id.ToString())))!;
        Assert.Null(file.Proof);
        Assert.Null(ReceiptText.Read(ReceiptText.Write(file)).Fault());
        Assert.Contains("one of them has nothing", (file with { Released = release }).Fault());
    }

    private static string? Fault(byte[] text)
    {
        try
        {
            return ReceiptText.Read(text).Fault();
        }
        catch (FormatException failure)
        {
            return failure.Message;
        }
    }

    // Two windows of 3 and 4, then one of 7 that takes the place of the first, in an account two below the root.
    private static async Task<(LedgerFixture Ledger, ReceiptFile File)> ReceiptAsync(bool after = false)
    {
        var ledger = await new LedgerFixture().OpenedAsync(Policy(100, "t"));
        await ledger.OpenedAsync(Policy(60, "t/a"));
        await ledger.OpenedAsync(Policy(50, "t/a/b"));
        await ledger.ReleasedAsync(Request(0, 3, 2, account: "t/a/b"));
        await ledger.ReleasedAsync(Request(1, 4, 2, account: "t/a/b"));
        var release = await ledger.ReleasedAsync(Request(2, 7, 2, account: "t/a/b"));
        if (after)
        {
            await ledger.ReleasedAsync(Request(3, 5, group: "other", account: "t/a/b"));
        }

        return (ledger, (await ledger.Store.TransactAsync(tx => ReceiptFile.OfAsync(tx, release.Id.ToString())))!);
    }
}
