using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Operators.Dedup;

namespace AkkaPrivacy.Hosting.Configuration.Sections.Stages;

/// <summary>Reads a stage of type <c>dedup</c>.</summary>
internal static class DedupSection
{
    private static readonly Rule<TimeSpan> Horizon = Rules.Duration(TimeSpan.Zero, TimeSpan.FromDays(366), "from 0 to 366d");

    public static IReadOnlyList<GraphNode> Read(Section section, string subject) =>
    [
        new DedupOperator(
            subject,
            section.Require("id", StageSection.FieldName, string.Empty),
            section.Require("horizon", Horizon, TimeSpan.Zero))
        {
            MaxIds = section.Get("max-ids", Rules.Integer(1, DedupOperator.LargestMaxIds), "1000000"),
            Origin = section.Place,
        },
    ];
}
