using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Hosting.Configuration.Reading;
using AkkaPrivacy.Operators.Sample;

namespace AkkaPrivacy.Hosting.Configuration.Sections.Stages;

/// <summary>Reads stages of type <c>weighted-sample</c>, <c>adaptive-sample</c> and <c>trace-sample</c>.</summary>
internal static class SampleSection
{
    private static readonly Rule<double> FloorRate = Rules.Number(1e-6, 1);

    private static readonly Rule<TimeSpan> Per = Rules.Duration(TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(366), "from 1ms to 366d");

    private static readonly Rule<TimeSpan> Lead = Rules.Duration(TimeSpan.Zero, TimeSpan.FromDays(366), "from 0 to 366d");

    private static readonly Rule<string> QueryName = new("the name of a query", (Hocon.HoconScalar s, out string v) =>
    {
        v = s.Text;
        return v.Length is > 0 and <= 64;
    });

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

    public static IReadOnlyList<GraphNode> ReadAdaptive(Section section, string subject)
    {
        var target = section.Require("target", Rules.Above(0, 1e12), 1);
        var floor = section.Require("floor", FloorRate, 1);
        return
        [
            new AdaptiveSampleOperator(subject, section.Require("follow", QueryName, string.Empty), target, floor)
            {
                Key = section.TryGet("key", StageSection.FieldName, out var key) ? key : null,
                Per = section.TryGet("per", Per, out var per) ? per : null,
                Initial = section.TryGet("initial", FloorRate, out var initial) ? initial : null,
                Smoothing = section.Get("smoothing", Rules.Number(0.01, 1), "0.5"),
                Lead = section.Get("lead", Lead, "10s"),
                Weight = section.Get("weight", StageSection.FieldName, "sample-weight"),
                Origin = section.Place,
            },
        ];
    }

    public static IReadOnlyList<GraphNode> ReadTrace(Section section, string subject) =>
    [
        new TraceSampleOperator(section.Require("field", StageSection.FieldName, string.Empty), section.Require("rate", Rate, 1))
        {
            Origin = section.Place,
        },
    ];
}
