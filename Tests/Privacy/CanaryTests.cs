using AkkaPrivacy.Hosting.Commands;
using Xunit;

namespace AkkaPrivacy.Tests.Privacy;

/// <summary>Canary identifiers are sent through every path, failures included, and are found in no output, log, metric,
/// database or dead letter.</summary>
public sealed class CanaryTests : IDisposable
{
    private const string Conf =
        """
        pipeline {
          name = canary
          source { type = json-lines, path = "-", max-line = 1KiB }
          subject = email
          data-map {
            time { type = time, class = time, role = event }
            arrival { type = time, class = time, role = arrival }
            email { type = text, class = direct-identifier, treatment = token, required = true }
            cookie { type = text, class = direct-identifier, treatment = token }
            network { from = ip, type = text, class = quasi-identifier, treatment { ip-prefix { v4 = 24 } } }
            ms { type = integer, class = measure }
          }
          account { name = canary, budget { epsilon = 100, delta = 1e-3 } }
          queries { networks { aggregate = count, window = 1h, group-by = [network], key-selection { epsilon = 1, delta = 1e-6 }, noise { epsilon = 1 } } }
          sinks { table { type = sqlite-table, table = published }, screen { type = console } }
          dead-letters.path = "dead.jsonl"
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("akkaprivacy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(CanaryFault.None)]
    [InlineData(CanaryFault.Stage)]
    [InlineData(CanaryFault.Snapshot)]
    [InlineData(CanaryFault.Complete)]
    [InlineData(CanaryFault.Row)]
    [InlineData(CanaryFault.Sink)]
    [InlineData(CanaryFault.Kill)]
    public async Task Nothing_of_a_person_leaves_the_engine(CanaryFault fault)
    {
        using var pipeline = new CanaryPipeline(_folder, fault);
        await pipeline.RunAsync(CanaryLines.Text());
        var expected = fault switch
        {
            CanaryFault.Stage or CanaryFault.Snapshot or CanaryFault.Complete => "StageFailedException",
            CanaryFault.Row => "StageError",
            CanaryFault.Sink => "SinkException",
            _ => "RowsRead",
        };
        Assert.Contains(expected, pipeline.Seen, StringComparison.Ordinal);
        Canary.AssertAbsent("what was seen", pipeline.Seen);
        Canary.AssertAbsentFromFiles(_folder);

        using var again = new CanaryPipeline(_folder, CanaryFault.None);
        await again.RunAsync(CanaryLines.Text());
        Canary.AssertAbsent("what was seen afterwards", again.Seen);
        Canary.AssertAbsentFromFiles(_folder);
    }

    [Fact]
    public async Task Metrics_are_labelled_by_parts_of_the_pipeline_alone()
    {
        using var pipeline = new CanaryPipeline(_folder, CanaryFault.None);
        await pipeline.RunAsync(CanaryLines.Text());
        var labels = pipeline.Seen.Split('\n').Where(line => line.StartsWith("akkaprivacy.", StringComparison.Ordinal)).Select(line => line.Split(' ')[1].Split('=')[0]).Distinct();
        Assert.Contains("akkaprivacy.stage.rows_in stage=parse-json 3", pipeline.Seen, StringComparison.Ordinal);
        Assert.Equal(["lane", "outcome", "pipeline", "reason", "stage"], labels.Order());
    }

    [Fact]
    public async Task Nothing_of_a_person_leaves_the_program()
    {
        var (conf, input, store) = (PathOf("canary.conf"), PathOf("input.jsonl"), PathOf("cli.db"));
        await File.WriteAllTextAsync(conf, Conf.Replace("dead.jsonl", PathOf("dead.jsonl"), StringComparison.Ordinal));
        await File.WriteAllTextAsync(input, CanaryLines.Text());
        string[] run = ["run", conf, "--input", input, "--db", store];
        await LookAsync(0, run);
        await LookAsync(0, [.. run, "--json", "--set", "pipeline.runtime.resume=false"]);
        await LookAsync(0, "check", conf, "--db", store);
        await LookAsync(0, "check", conf, "--json");
        await LookAsync(3, [.. run, "--set", "pipeline.account={ name = poor, budget { epsilon = 1, delta = 1e-3 } }", "--set", "pipeline.runtime.resume=false"]);
        await File.WriteAllTextAsync(PathOf("broken.db"), "no database at all, and long enough to have a header that is none: " + new string('x', 5000));
        await LookAsync(5, "run", conf, "--input", input, "--db", PathOf("broken.db"));
        Assert.True(File.Exists(PathOf("dead.jsonl")));
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private async Task LookAsync(int code, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var found = await CommandLine.RunAsync(arguments, output, error);
        Assert.True(code == found, $"{string.Join(' ', arguments)} ended with {found}:\n{output}\n{error}");
        Canary.AssertAbsent("standard output", output.ToString());
        Canary.AssertAbsent("standard error", error.ToString());
        Canary.AssertAbsentFromFiles(_folder, "input.jsonl");
    }
}
