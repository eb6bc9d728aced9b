using AkkaPrivacy.Tests.Hosting.Commands;
using Microsoft.Data.Sqlite;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Hosting;

/// <summary>A journal that fails in the middle of a run.</summary>
[Collection(NodeProgram.OneAtATime)]
public sealed class FailingJournalTests : IDisposable
{
    private readonly NodeProgram _node = new();

    public void Dispose() => _node.Dispose();

    [Fact]
    public async Task What_it_does_not_store_is_withheld_and_the_run_goes_on()
    {
        const string Quick = "akkaprivacy.cluster.ledger { ask-timeout = 2s, attempts = 4, backoff { min = 10ms, max = 20ms } }";
        _node.Input = _node.Program.Write("empty.log", "");
        Assert.Equal(0, (await _node.RunAsync(Quick)).Code);
        _node.Input = _node.Program.Write("morning.log", string.Concat(AccessLogs.Small().Split('\n').Take(40).Select(line => line + "\n")));
        Change("CREATE TRIGGER broken BEFORE INSERT ON journal WHEN instr(CAST(NEW.message AS TEXT), 'hits-per-path') > 0 BEGIN SELECT RAISE(ABORT, 'no space'); END");
        var first = await _node.RunAsync(Quick);
        Assert.True(first.Code == 5, $"{first.Code}: {first.Error}");
        Assert.True(first.Output.Contains("\"withheld\"", StringComparison.Ordinal), first.Error);
        var withheld = first.Json().GetProperty("withheld").EnumerateArray().Select(w => (w.GetProperty("query").GetString(), w.GetProperty("code").GetString())).ToList();
        Assert.Contains(("hits-per-path", "unavailable"), withheld);
        Assert.All(withheld, w => Assert.Equal("unavailable", w.Item2));

        Change("DROP TRIGGER broken");
        var second = await _node.RunAsync(Quick);
        Assert.True(second.Code is 0 or 3, $"{second.Code}: {second.Error}");
        Assert.DoesNotContain("unavailable", second.Json().GetProperty("withheld").EnumerateArray().Select(w => w.GetProperty("code").GetString()));
        Assert.True(second.Json().GetProperty("released").GetInt32() >= withheld.Count(w => w.Item1 == "hits-per-path"), second.Output);
        Assert.Superset(first.Values().ToHashSet(), second.Values().ToHashSet());
    }

    private void Change(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_node.Program.PathOf("a.db")}.journal");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
