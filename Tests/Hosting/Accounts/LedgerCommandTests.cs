using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;
using AkkaPrivacy.Ledger;
using AkkaPrivacy.Storage.Sqlite;
using AkkaPrivacy.Tests.Hosting.Commands;
using Microsoft.Data.Sqlite;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Accounts;

public sealed class LedgerCommandTests : IDisposable
{
    private const long Hour = 3_600_000;
    private static readonly long Day = new DateTimeOffset(2024, 3, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private readonly TestProgram _program = new();

    private string Database => _program.PathOf("site.db");

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task Show_history_and_forecast_tell_what_was_spent_and_why()
    {
        await FillAsync();
        var show = (await OkAsync("show", "--json")).Json().GetProperty("accounts").EnumerateArray().ToList();
        Assert.Equal(["t", "t/a", "t/b"], show.Select(account => account.GetProperty("account").GetString()));
        Assert.Equal((1, 0.6, 0.4), (show[1].GetProperty("budget").GetProperty("epsilon").GetDouble(), show[1].GetProperty("spent").GetProperty("epsilon").GetDouble(), show[1].GetProperty("left").GetProperty("epsilon").GetDouble()));
        Assert.Equal("2024-03-01T00:00:00Z", show[1].GetProperty("period").GetProperty("start").GetString());
        Assert.Contains("############", (await OkAsync("show")).Output);

        var history = (await OkAsync("history", "--account", "t/a", "--json")).Json().GetProperty("entries").EnumerateArray().ToList();
        Assert.Equal(5, history.Count);
        Assert.Equal(["", "window 1 of the 2 in which a subject counts", "window 2 of the 2 in which a subject counts", "window 3, no dearer than the 2 in which a subject counts: free", "another query on a window that was charged: the window's costs add up"], history.Select(entry => entry.GetProperty("reason").GetString()));
        Assert.Equal("q", history[1].GetProperty("query").GetString());
        var text = (await OkAsync("history", "--account", "t/a", "--last", "2")).Output;
        Assert.Contains("5 events, the newest 2 are", text);
        Assert.Contains("window end", text);
        Assert.Contains("2024-03-01T01:00:00Z  ################........................", text);

        var forecast = (await OkAsync("forecast", "--account", "t/a", "--json")).Json();
        Assert.Equal(("2024-03-01T05:00:00Z", false), (forecast.GetProperty("budget_ends").GetString(), forecast.GetProperty("lasts").GetBoolean()));
        Assert.Contains("is left", (await OkAsync("forecast", "--account", "t/b")).Output);
    }

    [Fact]
    public async Task People_grant_transfer_set_and_close()
    {
        await FillAsync();
        string[] at = ["--period", "2024-03-01", "--reason", "agreed"];
        var granted = (await OkAsync(["grant", "--account", "t/a", "--epsilon", "0.25", .. at, "--json"])).Json();
        Assert.Equal(0.65, granted.GetProperty("left").GetProperty("epsilon").GetDouble());
        var moved = (await OkAsync(["transfer", "--from", "t/a", "--to", "t/b", "--epsilon", "0.65", .. at, "--json"])).Json();
        Assert.Equal("t/b", moved.GetProperty("to").GetProperty("account").GetString());
        var refused = await RunAsync(["transfer", "--from", "t/a", "--to", "t/b", "--epsilon", "0.000001", .. at, "--json"]);
        Assert.Equal((2, "budget_exceeded"), (refused.Code, refused.Json().GetProperty("error").GetProperty("code").GetString()));
        Assert.Contains("Nothing was changed", refused.Error);
        Assert.Contains("Done: set", (await OkAsync("set-policy", "--account", "t/a", "--epsilon", "2", "--from", "2024-03-05", "--reason", "r")).Output);
        Assert.Equal((2, "descendants_open"), await RefusedAsync("close", "--account", "t", "--reason", "r"));
        await OkAsync("close", "--account", "t/a", "--reason", "r");
        Assert.Equal((2, "account_closed"), await RefusedAsync(["grant", "--account", "t/a", "--epsilon", "1", .. at]));
        Assert.Equal("closed", (await OkAsync("show", "--json")).Json().GetProperty("accounts")[1].GetProperty("state").GetString());
        Assert.True((await OkAsync("verify", "--json")).Json().GetProperty("sound").GetBoolean());
    }

    [Fact]
    public async Task A_receipt_is_verified_without_the_store()
    {
        await FillAsync();
        var id = Request("t/a", 0, 0.3).Id.ToString();
        var receipt = _program.Write("r.json", (await OkAsync("receipt", id)).Output);
        var head = (await OkAsync("show", "--json")).Json().GetProperty("accounts")[1].GetProperty("head").GetString()!;
        var alone = await _program.RunAsync("ledger", "verify", "--receipt", receipt);
        Assert.Equal(0, alone.Code);
        Assert.Contains("only a head noted elsewhere can tell", alone.Output);
        Assert.True((await _program.RunAsync("ledger", "verify", "--receipt", receipt, "--head", head, "--json")).Json().GetProperty("head_confirmed").GetBoolean());
        Assert.Equal(5, (await _program.RunAsync("ledger", "verify", "--receipt", receipt, "--head", new string('0', 64))).Code);
        Assert.Contains("values     1 groups, SHA-256 ", alone.Output);
        Assert.Contains("window 1 of the 2 in which a subject counts", alone.Output);
        var released = System.Text.Encoding.UTF8.GetString(await ReleaseAsync(id));
        var published = _program.Write("p.jsonl", released + "\n");
        Assert.Contains("the published release is this one", (await _program.RunAsync("ledger", "verify", "--receipt", receipt, "--release", published)).Output);
        var other = await _program.RunAsync("ledger", "verify", "--receipt", receipt, "--release", _program.Write("o.jsonl", released.Replace("\"value\":", "\"value\":1")));
        Assert.Equal(5, other.Code);
        Assert.Contains("it differs in value of group 1", other.Error);
        Assert.Equal(5, (await _program.RunAsync("ledger", "verify", "--receipt", receipt, "--release", _program.Write("e.jsonl", "\n"))).Code);
        Assert.Equal(2, (await _program.RunAsync("ledger", "verify", "--receipt", receipt, "--release", _program.PathOf("none"))).Code);
        File.WriteAllText(receipt, File.ReadAllText(receipt).Replace("300000000", "200000000"));
        Assert.Contains("contradicts itself", (await _program.RunAsync("ledger", "verify", "--receipt", receipt)).Error);
        Assert.Equal(5, (await _program.RunAsync("ledger", "verify", "--receipt", _program.Write("x.json", "{}"))).Code);
        Assert.Equal(2, (await _program.RunAsync("ledger", "verify", "--receipt", _program.PathOf("none"))).Code);
        Assert.Equal(2, (await RunAsync("verify", "--receipt", receipt)).Code);
        Assert.Equal(2, (await RunAsync("receipt", "nothing")).Code);
    }

    [Theory]
    [InlineData("--epsilon", "NaN")]
    [InlineData("--epsilon", "Infinity")]
    [InlineData("--epsilon", "-1")]
    [InlineData("--epsilon", "4.9e-324")]
    [InlineData("--epsilon", "1e400")]
    [InlineData("--epsilon", "1e7")]
    [InlineData("--epsilon", "0")]
    [InlineData("--epsilon", "0,5")]
    [InlineData("--epsilon", "")]
    [InlineData("--rho", "1")]
    [InlineData("--delta", "1e-6")]
    public async Task A_bad_amount_changes_nothing(string option, string value)
    {
        await FillAsync();
        var before = await File.ReadAllBytesAsync(Database);
        var result = await RunAsync("grant", "--account", "t/a", option, value, "--reason", "r", "--period", "2024-03-01");
        Assert.Equal(2, result.Code);
        Assert.Contains("--epsilon", result.Error);
        Assert.Equal(before, await File.ReadAllBytesAsync(Database));
    }

    [Theory]
    [InlineData("--account", "a//b")]
    [InlineData("--account", "a|b")]
    [InlineData("--account", "nobody")]
    [InlineData("--period", "yesterday")]
    [InlineData("--reason", "")]
    public async Task Bad_names_and_instants_are_mistakes_of_the_command_line(string option, string value)
    {
        await FillAsync();
        var given = new Dictionary<string, string> { ["--account"] = "t/a", ["--period"] = "2024-03-01", ["--reason"] = "r", ["--epsilon"] = "1", [option] = value };
        var result = await RunAsync(["grant", .. given.SelectMany(pair => new[] { pair.Key, pair.Value })]);
        Assert.Equal(2, result.Code);
        Assert.NotEmpty(result.Error);
        Assert.Equal(2, (await _program.RunAsync("ledger", "show")).Code);
        Assert.Contains("Name it with --db", (await _program.RunAsync("ledger", "show", Database)).Error);
        Assert.Equal(2, (await RunAsync("show", "--postgres", "Host=x")).Code);
        Assert.Equal(2, (await _program.RunAsync("ledger", "show", "--postgres", "nonsense")).Code);
    }

    [Fact]
    public async Task A_store_that_is_missing_full_or_not_a_store_gives_exit_code_5()
    {
        Assert.Equal(5, (await RunAsync("show")).Code);
        Assert.False(File.Exists(Database));
        _program.Write("text.db", "no database at all, whatever its name says");
        Assert.Equal(5, (await _program.RunAsync("ledger", "verify", "--db", _program.PathOf("text.db"))).Code);
    }

    [Fact]
    public async Task One_flipped_byte_of_an_event_or_release_is_found_and_named()
    {
        await FillAsync();
        var whole = await File.ReadAllBytesAsync(Database);
        foreach (var marker in new[] { "\"composition_group\":\"g\"", "\"discrete-laplace" })
        {
            var damaged = (byte[])whole.Clone();
            var at = damaged.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(marker));
            Assert.True(at > 0);
            damaged[at + marker.Length - 2] ^= 1;
            await File.WriteAllBytesAsync(Database, damaged);
            var result = await RunAsync("verify");
            Assert.Equal(5, result.Code);
            Assert.Contains("Fault at ", result.Output);
            Assert.Contains("does not match its checksum", result.Output);
            Assert.Equal(damaged, await File.ReadAllBytesAsync(Database));
        }
    }

    [Fact]
    public async Task A_published_table_that_says_something_else_is_found_and_named()
    {
        var log = _program.Write("a.log", AccessLogs.Small());
        Assert.True((await _program.RunLogAsync(log)).Code is 0 or 3);
        string[] verify = ["ledger", "verify", "--db", _program.PathOf("a.db"), "--json"];
        Assert.Equal(0, (await _program.RunAsync(verify)).Code);
        // As on a medium that may only be read: the index of the log cannot be made.
        File.Copy(_program.PathOf("a.db"), _program.PathOf("at-rest.db"));
        File.CreateSymbolicLink(_program.PathOf("at-rest.db-shm"), _program.PathOf("none/x"));
        var atRest = await _program.RunAsync("ledger", "verify", "--db", _program.PathOf("at-rest.db"));
        Assert.True(atRest.Code == 0, atRest.Output + atRest.Error);
        (string Change, string Words)[] damages =
        [
            ("UPDATE releases SET value = value + 1 WHERE rowid = (SELECT min(rowid) FROM releases)", "are not what was released"),
            ("UPDATE releases SET high = high + 0.5 WHERE rowid = (SELECT max(rowid) FROM releases)", "are not what was released"),
            ("DELETE FROM releases WHERE query = 'requests-per-status' AND group_key = '[\"2xx\"]'", "are not what was released"),
            ("UPDATE releases SET release_id = CAST(x'f361' || release_id AS TEXT) WHERE rowid = (SELECT min(rowid) FROM releases)", "which is not stored"),
            ("UPDATE releases SET release_id = 'x' || release_id WHERE rowid = (SELECT min(rowid) FROM releases)", "which is not stored"),
        ];
        foreach (var (change, words) in damages)
        {
            using (var connection = new SqliteConnection($"Data Source={_program.PathOf("a.db")};Pooling=False"))
            {
                connection.Open();
                using var command = connection.CreateCommand();
                command.CommandText = "CREATE TEMP TABLE kept AS SELECT * FROM releases; " + change;
                Assert.True(command.ExecuteNonQuery() > 0);
                var found = await _program.RunAsync(verify);
                Assert.Equal(5, found.Code);
                Assert.All(found.Json().GetProperty("faults").EnumerateArray(), fault => Assert.Equal("table 'releases'", fault.GetProperty("place").GetString()));
                Assert.Contains(words, found.Output);
                command.CommandText = "DELETE FROM releases; INSERT INTO releases SELECT * FROM kept";
                command.ExecuteNonQuery();
            }

            Assert.Equal(0, (await _program.RunAsync(verify)).Code);
        }
    }

    [Fact]
    public async Task Every_command_has_help_that_teaches()
    {
        Assert.Equal(0, (await _program.RunAsync("ledger", "--help")).Code);
        foreach (var command in new[] { "show", "history", "forecast", "verify", "receipt", "grant", "transfer", "set-policy", "close" })
        {
            var help = (await _program.RunAsync("ledger", command, "--help")).Output;
            Assert.Contains($"  akkaprivacy ledger {command}", help);
            Assert.Contains("Exit codes", help);
        }
    }

    [Fact]
    public async Task A_file_of_a_pipeline_names_store_and_account()
    {
        var log = _program.Write("a.log", AccessLogs.Small());
        var run = await _program.RunLogAsync(log);
        Assert.True(run.Code is 0 or 3, run.Error);
        var found = await _program.RunAsync("ledger", "forecast", TestProgram.AccessLogConf, "--db", _program.PathOf("a.db"), "--json");
        Assert.True(found.Code == 0, found.Error);
        Assert.True(found.Json().GetProperty("plan").GetProperty("spends").GetProperty("epsilon").GetDouble() > 0);
        var verified = await _program.RunAsync("ledger", "verify", TestProgram.AccessLogConf, "--db", _program.PathOf("a.db"));
        Assert.True(verified.Code == 0, verified.Output + verified.Error);
    }

    private static ReleaseRequest Request(string account, int hour, double epsilon, string query = "q") => new()
    {
        Id = new ReleaseId(account, "p", query, "0123456789abcdef", new TimeWindow(Day + (hour * Hour), Day + ((hour + 1) * Hour))),
        CompositionGroup = "g",
        MaxWindows = 2,
        Cost = PrivacyCost.Pure(epsilon),
    };

    private async Task FillAsync()
    {
        await using var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = Database });
        var ledger = new BudgetLedger(TimeProvider.System);
        await store.TransactAsync(async tx =>
        {
            foreach (var account in new[] { "t", "t/a", "t/b" })
            {
                Assert.Null(await ledger.OpenAsync(tx, new AccountPolicy { Account = account, Measure = PrivacyMeasure.Pure, BudgetPerPeriod = PrivacyCost.Pure(1) }));
            }

            foreach (var request in new[] { Request("t/a", 0, 0.3), Request("t/a", 1, 0.2), Request("t/a", 2, 0.2), Request("t/a", 0, 0.1, "second") })
            {
                Assert.Null((await ledger.ReleaseAsync(tx, request, () => AkkaPrivacy.Tests.Ledger.LedgerFixture.Values())).Refusal);
            }

            return true;
        });
    }

    private async Task<byte[]> ReleaseAsync(string id)
    {
        await using var store = await SqliteStore.OpenAsync(new SqliteStoreOptions { Path = Database });
        return (await store.TransactAsync(tx => tx.GetAsync("releases", id)))!;
    }

    private async Task<ProgramResult> OkAsync(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.True(result.Code == 0, result.Error);
        return result;
    }

    private async Task<(int Code, string? Refusal)> RefusedAsync(params string[] arguments)
    {
        var result = await RunAsync([.. arguments, "--json"]);
        return (result.Code, result.Json().GetProperty("error").GetProperty("code").GetString());
    }

    private Task<ProgramResult> RunAsync(params string[] arguments) => _program.RunAsync(["ledger", .. arguments, "--db", Database]);
}
