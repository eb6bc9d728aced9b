using System.Text.RegularExpressions;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Hosting.Configuration.Reading;

namespace AkkaPrivacy.Hosting.Configuration.Sections.Stages;

/// <summary>Reads one entry of <c>pipeline.stages</c>.</summary>
internal static partial class StageSection
{
    private static readonly Rule<Func<Section, string, GraphNode>> Type = Rules.Choice<Func<Section, string, GraphNode>>(
        ("dedup", DedupSection.Read));

    /// <summary>The name of a field.</summary>
    public static Rule<string> FieldName { get; } = Rules.Text(NamePattern(), "the name of a field");

    /// <summary>Reads the stage.</summary>
    /// <param name="section">The entry.</param>
    /// <param name="subject">The field whose token is the privacy unit.</param>
    /// <returns>The node; null when its type is missing or wrong.</returns>
    public static GraphNode? Read(Section section, string subject)
    {
        if (!NamePattern().IsMatch(section.Name))
        {
            section.Error("a stage name is 1 to 64 characters of a-z A-Z 0-9 _ -");
        }

        // Without a type nothing can be said of the other keys.
        var read = section.Require("type", Type, (_, _) => null!);
        var node = read(section, subject);
        if (node is not null)
        {
            section.Done();
        }

        return node;
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,64}\z")]
    private static partial Regex NamePattern();
}
