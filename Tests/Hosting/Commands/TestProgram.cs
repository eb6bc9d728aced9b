using System.Text.Json;
using AkkaPrivacy.Hosting.Commands;
using AkkaPrivacy.Hosting.Run;
using AkkaPrivacy.Tests.Hosting.Configuration;
using Xunit;

namespace AkkaPrivacy.Tests.Hosting.Commands;

/// <summary>The program, run in this process, in a folder of its own.</summary>
internal sealed class TestProgram : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("akkaprivacy-").FullName;

    public static string AccessLogConf => Path.Combine(Pipelines.Root(), "hocon", "access-log.conf");

    public string PathOf(string name) => Path.Combine(_folder, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    public Task<ProgramResult> RunAsync(params string[] arguments) => RunAsync(new RunHost { Interrupts = _ => new Nothing() }, arguments);

    public static async Task<ProgramResult> RunAsync(RunHost host, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(arguments, output, error, host);
        return new ProgramResult(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs access-log.conf on a log of this folder.</summary>
    public Task<ProgramResult> RunLogAsync(string log, params string[] more) =>
        RunAsync(["run", AccessLogConf, "--input", log, "--db", PathOf("a.db"), .. more]);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    internal sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
        }
    }
}

internal sealed record ProgramResult(int Code, string Output, string Error)
{
    /// <summary>Standard output, which must be exactly one JSON object.</summary>
    public JsonElement Json()
    {
        Assert.Single(Output.TrimEnd().Split('\n'));
        return JsonDocument.Parse(Output).RootElement;
    }

    /// <summary>The released values by query, start of window and group.</summary>
    public Dictionary<(string Query, string Start, string Group), decimal> Values() =>
        Json().GetProperty("releases").EnumerateArray().ToDictionary(
            release => (
                release.GetProperty("query").GetString()!,
                release.GetProperty("window").GetProperty("start").GetString()!,
                string.Join('|', release.GetProperty("group").EnumerateArray().Select(part => part.GetString()))),
            release => release.GetProperty("value").GetDecimal());
}
