using System.Reflection;
using AkkaPrivacy.Engine.Graphs;
using Xunit;

namespace AkkaPrivacy.Tests.Docs;

/// <summary>A graph that publishes an un-noised number, or lets an identifier go on, does not compile.</summary>
public sealed class UnpublishableTests
{
    private const string Source =
        """
        using System;
        using System.Collections.Immutable;
        using System.Threading.Tasks;
        using AkkaPrivacy.Engine.Graphs;
        using AkkaPrivacy.Engine.Runtime;
        using AkkaPrivacy.Engine.Schemas;
        using AkkaPrivacy.Operators.Bound;
        using AkkaPrivacy.Operators.MapRows;
        using AkkaPrivacy.Operators.Noise;
        using AkkaPrivacy.Operators.Parse;
        using AkkaPrivacy.Operators.Sample;
        using AkkaPrivacy.Operators.Tokenize;
        using AkkaPrivacy.Operators.Window;

        public static class Outside
        {
            static readonly Bound Bounds = new() { Subject = "user" };
            static readonly TimeSpan Hour = TimeSpan.FromHours(1);
            static readonly MapOperator Filter = Map.Filter("none", row => false);

            static object Noised(Source<RawLines, NotUsed> lines, DataMap map) => lines.ParseJsonLines(map).Tokenize().Bound(Bounds).TumblingWindow(Hour).Count("n").LaplaceNoise(1).To(Sink.Store());
            static object Ignored(Source<TokenizedRows, NotUsed> rows) => rows.To(Sink.Ignore());

            static object Rows(Source<TokenizedRows, NotUsed> rows) => rows.To(Sink.Store()); // refused
            static object Bounded(Source<TokenizedRows, NotUsed> rows) => rows.Bound(Bounds).To(Sink.Store()); // refused
            static object Aggregated(Source<TokenizedRows, NotUsed> rows) => rows.Bound(Bounds).TumblingWindow(Hour).Count("n").To(Sink.Store()); // refused
            static object OnABranch(Source<WindowedRows, NotUsed> windows) => windows.AlsoTo(Flow.Of<WindowedRows>().Count("n").To(Sink.Store())); // refused
            static object ToAConnector(Source<AggregatedWindows, NotUsed> sums, AkkaPrivacy.Engine.Ports.IReleaseSink sink) => sums.To(Sink.To(sink)); // refused
            static object ByIgnoring(Source<AggregatedWindows, NotUsed> sums) => sums.To(Sink.Ignore()); // refused
            static object Unbounded(Source<TokenizedRows, NotUsed> rows) => rows.TumblingWindow(Hour); // refused
            static object NoisedRows(Source<TokenizedRows, NotUsed> rows) => rows.LaplaceNoise(1); // refused
            static object NoisedTwice(Source<ReleasedValues, NotUsed> values) => values.LaplaceNoise(1); // refused
            static object Untokenized(Source<RawLines, NotUsed> lines, DataMap map) => lines.ParseJsonLines(map).Bound(Bounds); // refused
            static object MappedRaw(Source<RawLines, NotUsed> lines, DataMap map) => lines.ParseJsonLines(map).Map(Filter); // refused
            static object SampledRaw(Source<RawRows, NotUsed> rows) => rows.Sample("user", 0.5); // refused
            static object Lines(Source<RawLines, NotUsed> lines) => lines.To(Sink.Store()); // refused
            static object Claimed() => Flow.Single<AggregatedWindows, ReleasedValues>(new LaplaceNoise(1)); // refused
            static object Made() => new Source<ReleasedValues, NotUsed>(ImmutableArray<GraphNode>.Empty, run => default); // refused
            static object MadeSink() => new Sink<AggregatedWindows, NotUsed>(ImmutableArray<GraphNode>.Empty, run => default); // refused
            static object Tapped(EmbeddedRuntimeOptions options) => options.Tap; // refused
        }
        """;

    private static readonly Type[] Published = [typeof(ReleasedValues), typeof(TokenizedRows)];

    [Fact]
    public async Task Graphs_out_of_order_do_not_compile()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));

        var errors = await Compiler.ErrorsAsync(Source, limit.Token);

        var refused = Source.Split('\n').Index().Where(line => line.Item.Contains("// refused", StringComparison.Ordinal)).Select(line => line.Index + 1);
        Assert.Equal(refused, errors.Select(error => error.Line).Distinct().Order());
        Assert.All(errors, error => Assert.Contains(error.Code, new[] { "CS1503", "CS1929", "CS1061", "CS0411", "CS0122", "CS1729", "CS0117" }));
    }

    [Fact]
    public void Only_released_values_and_ignored_rows_have_a_public_sink()
    {
        var sinks = typeof(Sink).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).Select(method => method.ReturnType).ToList();

        Assert.NotEmpty(sinks);
        Assert.All(sinks, sink => Assert.Contains(sink.GetGenericArguments()[0], Published));
    }

    [Fact]
    public void Nobody_outside_can_make_a_part_of_a_graph_or_claim_a_change_of_state()
    {
        Type[] parts = [typeof(Source<,>), typeof(Flow<,,>), typeof(Sink<,>), typeof(RunnableGraph<>)];
        Assert.All(parts, part => Assert.Empty(part.GetConstructors(BindingFlags.Public | BindingFlags.Instance)));
        Assert.True(typeof(Flow).GetMethod("Single", BindingFlags.NonPublic | BindingFlags.Static)!.IsAssembly);

        var states = typeof(IStreamState).Assembly.GetTypes().Where(type => type.IsClass && typeof(IStreamState).IsAssignableFrom(type)).ToList();
        Assert.Equal(7, states.Count);
        Assert.All(states, state => Assert.True(state.IsSealed && state.GetConstructors().Length == 0));
    }
}
