using System.Text.RegularExpressions;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Hosting.Configuration.Reading;

namespace AkkaPrivacy.Hosting.Configuration.Sections.Stages;

/// <summary>Reads one entry of <c>pipeline.stages</c>.</summary>
internal static partial class StageSection
{
    private static readonly Rule<Func<Section, string, IReadOnlyList<GraphNode>>> Type = Rules.Choice<Func<Section, string, IReadOnlyList<GraphNode>>>(
        ("dedup", DedupSection.Read), ("enrich", LookupSection.ReadEnrich), ("join", LookupSection.ReadJoin),
        ("weighted-sample", SampleSection.ReadWeighted), ("adaptive-sample", SampleSection.ReadAdaptive), ("trace-sample", SampleSection.ReadTrace));

    /// <summary>The name of a field.</summary>
    public static Rule<string> FieldName { get; } = Rules.Text(NamePattern(), "the name of a field");

    /// <summary>Reads the stage.</summary>
    /// <param name="section">The entry.</param>
    /// <param name="subject">The field whose token is the privacy unit.</param>
    /// <returns>Its nodes, in order; none when its type is missing or wrong.</returns>
    public static IReadOnlyList<GraphNode> Read(Section section, string subject)
    {
        if (!NamePattern().IsMatch(section.Name))
        {
            section.Error("a stage name is 1 to 64 characters of a-z A-Z 0-9 _ -");
        }

        // Without a type nothing can be said of the other keys.
        var enabled = section.Get("enabled", Rules.Boolean, "true");
        var nodes = section.Require("type", Type, (_, _) => [])(section, subject);
        if (nodes.Count > 0)
        {
            section.Done();
        }

        return enabled ? nodes : [];
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,64}\z")]
    private static partial Regex NamePattern();
}
