using System.Text.Json;
using System.Text.RegularExpressions;
using AkkaPrivacy.Connectors.SideOutputs;
using AkkaPrivacy.Engine.SideOutputs;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads <c>pipeline.side-outputs</c> and <c>pipeline.dead-letters</c>.</summary>
internal static partial class SideOutputSection
{
    public const string DeadLetters = "dead-letters";

    private static readonly (string Word, IReadOnlySet<DeadLetterReason> Reasons)[] Words =
    [
        .. Enum.GetValues<DeadLetterReason>().Select(reason =>
            (JsonNamingPolicy.KebabCaseLower.ConvertName(reason.ToString()), (IReadOnlySet<DeadLetterReason>)new HashSet<DeadLetterReason> { reason })),
        ("unreadable", SideOutputReasons.Unreadable),
        ("faults", SideOutputReasons.Faults),
        ("all", SideOutputReasons.All),
    ];

    private static readonly Rule<IReadOnlySet<DeadLetterReason>> Reason = Rules.Choice(Words);

    private static readonly Rule<long> Lines = new("a whole number from 1 to 1000000000", (Hocon.HoconScalar s, out long v) => s.TryGetInt64(out v) && v is >= 1 and <= 1_000_000_000);

    /// <summary>Reads both.</summary>
    /// <param name="pipeline">The section around them.</param>
    /// <returns>The outputs.</returns>
    public static IReadOnlyList<SideOutputOptions> Read(Section pipeline)
    {
        var outputs = new List<SideOutputOptions>();
        var sections = pipeline.Children("side-outputs");
        var deadLetters = pipeline.Child(DeadLetters);
        if (deadLetters.TryGet("path", Rules.Path, out var path))
        {
            outputs.Add(new SideOutputOptions(DeadLetters, SideOutputReasons.Faults, new SideOutputFileOptions { Path = path }));
        }

        deadLetters.Done("; further options are those of pipeline.side-outputs.dead-letters");
        foreach (var section in sections)
        {
            var output = ReadOne(section);
            if (outputs.Find(other => SamePath(other, output)) is { } other)
            {
                section.Error("path", $"found the path of output '{other.Name}'; allowed is a file for each output: one output may take several reasons");
            }

            outputs.Add(output);
        }

        return outputs;
    }

    private static SideOutputOptions ReadOne(Section section)
    {
        if (!NamePattern().IsMatch(section.Name))
        {
            section.Error("a side output's name is 1 to 64 characters of a-z 0-9 -");
        }

        var reasons = section.List("reasons", Reason).SelectMany(set => set).ToHashSet();
        if (reasons.Count == 0 && !section.Has("reasons"))
        {
            reasons = section.Name == DeadLetters
                ? [.. SideOutputReasons.Faults]
                : [.. Words.Where(word => word.Word == section.Name).SelectMany(word => word.Reasons)];
        }

        if (reasons.Count == 0)
        {
            section.Missing("reasons", $"a list of {Reason.Allowed}; it may be left out where the output is named after one of them, or '{DeadLetters}', which takes faults");
        }

        var output = new SideOutputOptions(section.Name, reasons, new SideOutputFileOptions
        {
            Path = section.Require("path", Rules.Path, $"{section.Name}.jsonl"),
            MaxLines = section.Get("max-lines", Lines, "1000000"),
        });
        section.Done();
        return output;
    }

    private static bool SamePath(SideOutputOptions one, SideOutputOptions other) => Path.GetFullPath(one.File.Path) == Path.GetFullPath(other.File.Path);

    [GeneratedRegex(@"\A[a-z0-9-]{1,64}\z")]
    private static partial Regex NamePattern();
}
