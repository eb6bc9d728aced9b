using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Operators.Sample;

namespace AkkaPrivacy.Hosting.Configuration.Sections.Stages;

/// <summary>Reads stages of type <c>weighted-sample</c> and <c>trace-sample</c>.</summary>
internal static class SampleSection
{
    // The smallest rate that OpenTelemetry's thresholds can express.
    private static readonly Rule<double> Rate = Rules.Number(Math.ScaleB(1, -56), 1);

    public static IReadOnlyList<GraphNode> ReadWeighted(Section section, string subject) =>
    [
        new WeightedSampleOperator(
            subject,
            section.Require("weight", StageSection.FieldName, string.Empty),
            section.Require("largest", Rules.Integer(1, (int)WeightedSampleOperator.LargestOfAll), 1))
        {
            Origin = section.Place,
        },
    ];

    public static IReadOnlyList<GraphNode> ReadTrace(Section section, string subject) =>
    [
        new TraceSampleOperator(section.Require("field", StageSection.FieldName, string.Empty), section.Require("rate", Rate, 1))
        {
            Origin = section.Place,
        },
    ];
}
