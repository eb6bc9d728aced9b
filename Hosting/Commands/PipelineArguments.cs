using System.CommandLine;
using AkkaPrivacy.Hosting.Configuration;

namespace AkkaPrivacy.Hosting.Commands;

/// <summary>What every command takes that reads a pipeline's configuration.</summary>
internal sealed class PipelineArguments
{
    /// <summary>The file.</summary>
    public Argument<string> File { get; } = new("FILE.conf") { Description = "The pipeline, in HOCON. hocon/reference.conf shows every option." };

    /// <summary>Settings above the file.</summary>
    public Option<string[]> Set { get; } = new("--set")
    {
        Description = "Set a key above the file; the value is HOCON. Repeatable, the last one wins: --set pipeline.confidence=0.9",
        HelpName = "KEY=VALUE",
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>Another path of the source.</summary>
    public Option<string?> Input { get; } = new("--input") { Description = "Read this file, glob pattern or - (standard input) instead of pipeline.source.path.", HelpName = "PATH" };

    /// <summary>Another store.</summary>
    public Option<string?> Store { get; } = new("--db") { Description = "Use this SQLite file instead of pipeline.store.path; it is made when it is missing.", HelpName = "FILE" };

    /// <summary>Output for programs.</summary>
    public Option<bool> Json { get; } = new("--json") { Description = "Print exactly one JSON object to standard output." };

    /// <summary>Adds them to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Add(File);
        command.Add(Set);
        command.Add(Input);
        command.Add(Store);
        command.Add(Json);
    }

    /// <summary>Reads them.</summary>
    /// <param name="parsed">The command line.</param>
    /// <returns>The file and what is set above it.</returns>
    public ConfigurationRequest Read(ParseResult parsed) => new()
    {
        File = parsed.GetRequiredValue(File),
        Set = parsed.GetValue(Set) ?? [],
        Input = parsed.GetValue(Input),
        Store = parsed.GetValue(Store),
    };
}
