using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Runtime;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.Bound;
using AkkaPrivacy.Operators.KeySelection;
using AkkaPrivacy.Operators.Noise;
using AkkaPrivacy.Operators.Window;

namespace AkkaPrivacy.Tests.Docs.Examples;

/// <summary>Several queries over one stream, on branches and on shared bounds.</summary>
public static class SeveralQueries
{
    public static RunnableGraph<Task<RunSummary>> OnBranches(Source<TokenizedRows, NotUsed> rows, PipelineSettings settings)
    {
        // <several-queries>
        Sink<TokenizedRows, Task<RunSummary>> visitors = Flow.Of<TokenizedRows>()
            .Bound(new Bound { Subject = "user" })
            .TumblingWindow(TimeSpan.FromHours(1))
            .DistinctSubjects("visitors-per-hour")
            .LaplaceNoise(epsilon: 0.5)
            .To(Sink.Store());

        // Which pages there are depends on who came, so pages are selected before they are shown.
        Sink<TokenizedRows, Task<RunSummary>> pages = Flow.Of<TokenizedRows>()
            .Bound(new Bound { Subject = "user", GroupBy = ["page"] })
            .TumblingWindow(TimeSpan.FromDays(1))
            .Count("hits-per-page")
            .SelectKeys(epsilon: 1, delta: 1e-6)
            .LaplaceNoise(epsilon: 1)
            .To(Sink.Store());

        RunnableGraph<Task<RunSummary>> graph = rows
            .AlsoTo(visitors)
            .AlsoTo(pages)
            .ToMaterialized(Sink.Ignore(), Keep.Right)
            .WithSettings(settings);
        // </several-queries>
        return graph;
    }

    public static RunnableGraph<Task<RunSummary>> OnSharedBounds(Source<TokenizedRows, NotUsed> rows, PipelineSettings settings)
    {
        // <shared-bounds>
        Sink<WindowedRows, Task<RunSummary>> bytes = Flow.Of<WindowedRows>()
            .Sum("bytes-per-hour", field: "bytes", upper: 10_000)
            .LaplaceNoise(epsilon: 0.5)
            .To(Sink.Store());

        RunnableGraph<Task<RunSummary>> graph = rows
            .Bound(new Bound { Subject = "user", Bounds = new ContributionBounds { RowsPerGroup = 3, Windows = 2 } })
            .TumblingWindow(TimeSpan.FromHours(1))
            .AlsoTo(bytes)
            .Count("views-per-hour")
            .LaplaceNoise(epsilon: 0.5)
            .ToMaterialized(Sink.Store(), Keep.Right)
            .WithSettings(settings);
        // </shared-bounds>
        return graph;
    }
}
