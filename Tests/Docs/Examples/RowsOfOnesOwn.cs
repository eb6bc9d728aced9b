using System.Buffers;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.MapRows;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Tests.Docs.Examples;

/// <summary>An operator of one's own, lambdas over rows, and a sink of one's own in graphs.</summary>
public static class RowsOfOnesOwn
{
    public static Source<TokenizedRows, NotUsed> DuringTheDay(Source<TokenizedRows, NotUsed> rows)
    {
        // <use-own-operator>
        Source<TokenizedRows, NotUsed> duringTheDay = rows.Map(new OpeningHours(from: 8, to: 18));
        // </use-own-operator>
        return duringTheDay;
    }

    public static Source<TokenizedRows, NotUsed> Sections(Source<TokenizedRows, NotUsed> rows)
    {
        // <map>
        Source<TokenizedRows, NotUsed> sections = rows
            .Map(Map.Filter("pages-only", row => !row.GetText("page").EndsWith(".png"u8)))
            .Map(Map.Text("section", (row, text) =>
            {
                var page = row.GetText("page");
                var end = page.Length > 1 ? page[1..].IndexOf((byte)'/') : -1;
                text.Write(end < 0 ? page : page[..(end + 1)]);
                return !page.IsEmpty;
            }));
        // </map>
        return sections;
    }

    public static RunnableGraph<Task<RunSummary>> SectionCounts(Source<TokenizedRows, NotUsed> sections, IReleaseSink sink, PipelineSettings settings)
    {
        // <use-own-sink>
        RunnableGraph<Task<RunSummary>> graph = sections
            .Bound(new Bound
            {
                Subject = "user",
                GroupBy = ["section"],
                KnownKeys = [["/blog"], ["/prices"]],
                Bounds = new ContributionBounds { Groups = 2 },
            })
            .TumblingWindow(TimeSpan.FromDays(1))
            .DistinctSubjects("visitors-per-section")
            .LaplaceNoise(epsilon: 1)
            .ToMaterialized(Sink.To(sink), Keep.Right)
            .WithSettings(settings);
        // </use-own-sink>
        return graph;
    }
}
