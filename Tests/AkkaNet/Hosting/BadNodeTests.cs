using System.Net;
using System.Net.Sockets;
using AkkaPrivacy.Tests.Hosting.Commands;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Hosting;

/// <summary>Nodes that cannot be part of a cluster: each says why, in bounded time, and nothing is spent.</summary>
[Collection(NodeProgram.OneAtATime)]
public sealed class BadNodeTests : IDisposable
{
    private const string Impatient = "akkaprivacy.cluster.join.timeout = 1s\n";
    private readonly NodeProgram _node = new();

    public void Dispose() => _node.Dispose();

    [Theory]
    [InlineData("ledger.shards = 7", "", "has other settings (hash")]
    [InlineData("", "9.9.9", "install the same version on every node")]
    public async Task One_that_differs_is_refused_by_the_cluster(string settings, string version, string expected)
    {
        var port = NodeProgram.FreePort();
        using var seed = await _node.SeedAsync(port, version: version);
        await RefusedAsync(2, expected, settings.Length == 0 ? "" : $"akkaprivacy.cluster.{settings}", "--port", $"{NodeProgram.FreePort()}", "--seed", $"127.0.0.1:{port}");
        await seed.StopAsync();
    }

    [Fact]
    public async Task One_of_another_system_finds_nobody()
    {
        var port = NodeProgram.FreePort();
        using var seed = await _node.SeedAsync(port, system: "other");
        await RefusedAsync(2, "system names are the same", Impatient, "--port", $"{NodeProgram.FreePort()}", "--seed", $"127.0.0.1:{port}");
        await seed.StopAsync();
    }

    [Fact]
    public Task One_whose_seeds_do_not_answer_gives_up() =>
        RefusedAsync(2, "did not become a member within 1 s", Impatient, "--port", $"{NodeProgram.FreePort()}", "--seed", $"127.0.0.1:{NodeProgram.FreePort()}");

    [Fact]
    public Task One_that_may_not_run_pipelines_does_not() => RefusedAsync(2, "no role 'pipeline'", "akkaprivacy.cluster.node.roles = [ledger]");

    [Fact]
    public Task One_of_a_cluster_without_accounts_is_refused() =>
        RefusedAsync(2, "No node of the cluster has the role 'ledger'", $"{Impatient}akkaprivacy.cluster.node.roles = [pipeline]");

    [Fact]
    public Task One_with_an_unknown_role_is_told_the_known_ones() => RefusedAsync(2, "allowed is 'ledger' or 'pipeline'", "akkaprivacy.cluster.node.roles = [cook]");

    [Fact]
    public async Task One_whose_port_is_in_use_says_so()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await RefusedAsync(2, $"cannot listen on 127.0.0.1:{port}: another process listens there", "", "--port", $"{port}");
        await RefusedAsync(2, "Health cannot be answered on 127.0.0.1", $"akkaprivacy.cluster.health.port = {port}");
    }

    [Fact]
    public Task One_without_a_journal_spends_nothing() => RefusedAsync(
        5, "The journal cannot be used", "akkaprivacy.cluster.journal { connection-string = \"Data Source=/nowhere/at-all.db;Password=secret\", timeout = 2s }");

    private async Task RefusedAsync(int code, string expected, string settings, params string[] more)
    {
        var result = await _node.RunAsync(settings, more);
        Assert.True(result.Code == code, $"{result.Code}: {result.Error}");
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Error + result.Output, StringComparison.Ordinal);

        // What was not charged can still be charged elsewhere.
        var embedded = await _node.Program.RunAsync("run", TestProgram.AccessLogConf, "--input", _node.Program.Write("empty.log", ""), "--db", _node.Program.PathOf("a.db"), "--json");
        Assert.Equal((0, 0), (embedded.Code, embedded.Json().GetProperty("spent").GetArrayLength()));
    }
}
