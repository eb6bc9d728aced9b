using System.Diagnostics;
using AkkaPrivacy.AkkaNet.Hosting;
using AkkaPrivacy.Hosting.Akka.Configuration;
using AkkaPrivacy.Hosting.Configuration;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Hosting.Hocon;
using AkkaPrivacy.Tests.Support;
using Xunit;

namespace AkkaPrivacy.Tests.AkkaNet.Hosting;

/// <summary>A node's file.</summary>
public sealed class ClusterFileTests
{
    private const string Letters = "{}[]\",=:.$#\\ \n\tak1é+";
    private static readonly string Reference = Path.Combine(Repository.Root, "hocon", "cluster.conf");

    [Fact]
    public void The_file_of_the_repository_shows_every_setting_with_its_default_and_no_other()
    {
        var context = new ReadContext();
        Bind("", context);
        var written = Leaves((HoconObject)HoconDocument.Load(Reference).Resolve().Find("akkaprivacy", "cluster")!, "akkaprivacy.cluster").ToDictionary();
        Assert.Equal(context.Known.Select(option => option.Pattern).Order(StringComparer.Ordinal), written.Keys.Order(StringComparer.Ordinal));
        Assert.All(context.Known, option => Assert.Equal(option.Default, written[option.Pattern]));
    }

    [Fact]
    public void The_file_of_the_repository_can_be_used_once_what_is_akkas_is_left_out()
    {
        var text = File.ReadAllText(Reference);
        var settings = Bind(text[..text.IndexOf("# What the runtime asks", StringComparison.Ordinal)]).Settings;
        Assert.Equal(new ClusterSettings { JournalConnection = "j", Name = "127.0.0.1:0" } with { Seeds = settings.Seeds, Roles = settings.Roles }, settings);
    }

    [Fact]
    public void Every_mistake_is_told_at_once_with_place_and_range()
    {
        var errors = Errors(
            """
            akkaprivacy.cluster {
              node { port = 70000, seeds = ["nowhere"], roles = [ledger, cook] }
              ledger { shards = 0, shrads = 3, max-release-bytes = 1KB }
              pipeline.drain-timeout = soon
              split-brain.strategy = guess
              health.port = -1
            }
            akkaprivacy.clutser.x = 1
            akka.remote.dot-netty.tcp.port = 5
            akka.persistence.journal.sql.connection-string = x
            akka.actor.serialization-bindings."System.Object" = hyperion
            other = 1
            """);
        string[] expected =
        [
            "2:17: akkaprivacy.cluster.node.port: found '70000'; allowed is a whole number from 0 to 65535",
            "2:33: akkaprivacy.cluster.node.seeds: found 'nowhere'; allowed is \"host:port\"",
            "2:62: akkaprivacy.cluster.node.roles: found 'cook'; allowed is 'ledger' or 'pipeline'",
            "3:21: akkaprivacy.cluster.ledger.shards: found '0'; allowed is a whole number from 1 to 10000",
            "3:33: akkaprivacy.cluster.ledger.shrads: unknown key; did you mean 'shards'?",
            "3:56: akkaprivacy.cluster.ledger.max-release-bytes: found '1KB'; allowed is a size from 1KiB to 64MiB",
            "4:28: akkaprivacy.cluster.pipeline.drain-timeout: found 'soon'; allowed is a duration from 1s to 1h",
            "5:26: akkaprivacy.cluster.split-brain.strategy: found 'guess'; allowed is keep-majority, static-quorum, keep-oldest, lease-majority",
            "6:17: akkaprivacy.cluster.health.port: found '-1'; allowed is a whole number from 0 to 65535",
            "8:1: akkaprivacy.clutser: unknown key; did you mean 'cluster'?",
            "9:34: akka.remote.dot-netty.tcp.port: not set here; set akkaprivacy.cluster.node.port",
            "10:1: akka.persistence.journal: not set here; set akkaprivacy.cluster.journal",
        ];
        Assert.Equal(expected, errors.Take(expected.Length).Select(error => error["node.conf:".Length..]));
        Assert.Equal(expected.Length + 2, errors.Count);
    }

    [Theory]
    [InlineData("akkaprivacy { cluster = [ }")]
    [InlineData("akka { a = { b = 1 }, ")]
    [InlineData("akka { a = \"")]
    [InlineData("akka = [1, 2]")]
    [InlineData("akka { \"a\\\"b\" = 1 }")]
    public void What_is_wrong_never_reaches_a_parser_that_hangs_on_it(string text) => Assert.NotEmpty(Errors(text));

    [Fact]
    public void What_is_akkas_reaches_it_as_it_was_written()
    {
        string[] values = ["plain text", "a \"quoted\" \\ back", "tab\tline\nend", "é€😀", "${x}", "a//b # c", "}{][,:=", ""];
        var block = string.Join('\n', values.Select((value, i) => $"v{i} = {System.Text.Json.JsonSerializer.Serialize(value)}"));
        var akka = Bind($$"""
            vars.level = DEBUG
            akka { loglevel = ${vars.level}, actor { deployment { "/a/*" { router = round-robin-pool, } }, }, extensions = [a, "b.c"], n = null
            x { {{block}} } }
            akkaprivacy.dispatchers.ledger.throughput = 33
            """).Akka;
        Assert.Equal("DEBUG", akka.GetString("akka.loglevel"));
        Assert.Equal(33, akka.GetInt("akkaprivacy.dispatchers.ledger.throughput"));
        Assert.Equal(["a", "b.c"], akka.GetStringList("akka.extensions"));
        Assert.Equal(values, values.Select((_, i) => akka.GetString($"akka.x.v{i}")));
    }

    [Fact]
    public void No_text_holds_the_reader()
    {
        var random = new Random(7);
        var time = Stopwatch.StartNew();
        for (var i = 0; i < 2_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => Letters[random.Next(Letters.Length)]));
            try
            {
                Bind("akka { x { " + text);
                Bind($"akka {{ x {{ \"{text.Replace("\\", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal).Replace("\t", "", StringComparison.Ordinal)}y\" = [{{ a = b }}, 1] }} }}");
            }
            catch (ConfigurationException)
            {
                // Refused is as good as read.
            }
            catch (HoconException)
            {
                // And so is this.
            }
        }

        Assert.True(time.Elapsed < TimeSpan.FromSeconds(20), $"{time.Elapsed}");
    }

    private static ClusterConfiguration Bind(string text, ReadContext? context = null) =>
        ClusterLoader.Bind(HoconDocument.Parse(text, "node.conf").Resolve(), context ?? new ReadContext(), "j");

    private static IReadOnlyList<string> Errors(string text)
    {
        try
        {
            Bind(text);
            return [];
        }
        catch (ConfigurationException exception)
        {
            return [.. exception.Errors.Select(error => error.ToString())];
        }
        catch (HoconException exception)
        {
            return [.. exception.Errors.Select(error => $"{error.Origin}: {error.Message}")];
        }
    }

    private static IEnumerable<KeyValuePair<string, string?>> Leaves(HoconObject map, string path)
    {
        foreach (var (key, value) in map)
        {
            if (value is HoconObject inner)
            {
                foreach (var leaf in Leaves(inner, $"{path}.{key}"))
                {
                    yield return leaf;
                }
            }
            else
            {
                yield return new($"{path}.{key}", value is HoconArray array ? $"[{string.Join(", ", array.Select(item => ((HoconScalar)item).Text))}]" : ((HoconScalar)value).Text);
            }
        }
    }
}
