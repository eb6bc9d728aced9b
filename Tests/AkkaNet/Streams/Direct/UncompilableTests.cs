using System.Reflection;
using AkkaPrivacy.AkkaNet.Streams.Direct;
using AkkaPrivacy.Tests.Docs;
using Xunit;
using ReleasedValues = AkkaPrivacy.Engine.Graphs.ReleasedValues;
using TokenizedRows = AkkaPrivacy.Engine.Graphs.TokenizedRows;

namespace AkkaPrivacy.Tests.AkkaNet.Streams.Direct;

/// <summary>A graph of Akka's operators that publishes an un-noised number, noises what is not bounded or looks into rows does
/// not compile.</summary>
public sealed class UncompilableTests
{
    private const string Source =
        """
        using System;
        using System.Linq;
        using Akka;
        using Akka.Streams;
        using Akka.Streams.Dsl;
        using AkkaPrivacy.AkkaNet.Streams.Direct;
        using AkkaPrivacy.Engine.Releases;
        using AkkaPrivacy.Engine.Schemas;
        using AkkaPrivacy.Operators.Bound;
        using AkkaPrivacy.Operators.MapRows;
        using RawRows = AkkaPrivacy.Engine.Graphs.RawRows;
        using TokenizedRows = AkkaPrivacy.Engine.Graphs.TokenizedRows;
        using BoundedRows = AkkaPrivacy.Engine.Graphs.BoundedRows;
        using WindowedRows = AkkaPrivacy.Engine.Graphs.WindowedRows;
        using AggregatedWindows = AkkaPrivacy.Engine.Graphs.AggregatedWindows;
        using ReleasedValues = AkkaPrivacy.Engine.Graphs.ReleasedValues;

        public static class Outside
        {
            static readonly Bound Bounds = new() { Subject = "user" };
            static readonly TimeSpan Hour = TimeSpan.FromHours(1);

            static object Noised(Source<string, NotUsed> lines, DirectPipeline pipeline, DataMap map) => lines.InBatches(pipeline).ParseJsonLines(map).Tokenize().Map(Map.Filter("none", row => false)).Bound(Bounds).TumblingWindow(Hour).Count("n").LaplaceNoise(1).To(ReleaseSinks.Store());
            static object Delayed(Source<Batch<TokenizedRows>, NotUsed> rows) => rows.Async().Buffer(4, OverflowStrategy.Backpressure).Bound(Bounds).Throttle(1, Hour, 1, ThrottleMode.Shaping).Log("rows").TumblingWindow(Hour).Recover(_ => Akka.Util.Option<Batch<WindowedRows>>.None);
            static object Ended(Source<Batch<ReleasedValues>, NotUsed> values) => values.To(ReleaseSinks.To(Sink.ForEach<Release>(release => Console.WriteLine(release.Id))));

            static object Rows(Source<Batch<TokenizedRows>, NotUsed> rows) => rows.To(ReleaseSinks.Store()); // refused
            static object Bounded(Source<Batch<BoundedRows>, NotUsed> rows) => rows.To(ReleaseSinks.Ignore()); // refused
            static object Aggregated(Source<Batch<AggregatedWindows>, NotUsed> sums) => sums.To(ReleaseSinks.Store()); // refused
            static object ToASink(Source<Batch<AggregatedWindows>, NotUsed> sums, Sink<Release, NotUsed> sink) => sums.To(ReleaseSinks.To(sink)); // refused
            static object PastTheLedger(Source<Batch<ReleasedValues>, NotUsed> values, Sink<Release, NotUsed> sink) => values.To(sink); // refused
            static object Unbounded(Source<Batch<TokenizedRows>, NotUsed> rows) => rows.TumblingWindow(Hour); // refused
            static object UnboundedCount(Source<Batch<TokenizedRows>, NotUsed> rows) => rows.Count("n"); // refused
            static object NoisedRows(Source<Batch<BoundedRows>, NotUsed> rows) => rows.LaplaceNoise(1); // refused
            static object NoisedTwice(Source<Batch<ReleasedValues>, NotUsed> values) => values.LaplaceNoise(1); // refused
            static object Untokenized(Source<Batch<RawRows>, NotUsed> rows) => rows.Bound(Bounds); // refused
            static object SampledRaw(Source<Batch<RawRows>, NotUsed> rows) => rows.Sample("user", 0.5); // refused
            static object MappedBounded(Source<Batch<BoundedRows>, NotUsed> rows) => rows.Map(Map.Filter("none", row => false)); // refused
            static object Filtered(Source<Batch<AggregatedWindows>, NotUsed> sums) => sums.Where(window => window.Count > 3); // refused
            static object LookedInto(Source<Batch<BoundedRows>, NotUsed> rows) => rows.Select(batch => batch.Rows); // refused
            static object Taken(Batch<BoundedRows> batch) => batch.Take(); // refused
            static object Signalled(Batch<TokenizedRows> batch) => batch.Session; // refused
            static object Made() => new Batch<ReleasedValues>(default, 0, null); // refused
            static object Claimed(Source<Batch<AggregatedWindows>, NotUsed> sums) => sums.Select(batch => (Batch<ReleasedValues>)batch); // refused
            static object Stepped() => new DirectStep<AggregatedWindows, ReleasedValues>(null); // refused
            static object Lines(Source<string, NotUsed> lines, DataMap map) => lines.ParseJsonLines(map); // refused
        }
        """;

    [Fact]
    public async Task Graphs_out_of_order_do_not_compile()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));

        var errors = await Compiler.ErrorsAsync(Source, limit.Token, "AkkaPrivacy.AkkaNet.dll", "Akka.dll", "Akka.Streams.dll", "Reactive.Streams.dll");

        var refused = Source.Split('\n').Index().Where(line => line.Item.Contains("// refused", StringComparison.Ordinal)).Select(line => line.Index + 1);
        Assert.Equal(refused, errors.Select(error => error.Line).Distinct().Order());
        Assert.All(errors, error => Assert.Contains(error.Code, new[] { "CS1503", "CS1929", "CS1061", "CS1501", "CS0411", "CS0122", "CS1729", "CS0030", "CS0311" }));
    }

    [Fact]
    public void Batches_show_nothing_and_are_made_by_steps_alone()
    {
        var members = typeof(Batch<>).GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly);

        Assert.Equal(["ToString"], members.Select(member => member.Name));
        Assert.Equal("line at 7", new InputLine(7, "user-1@example.org").ToString());
    }

    [Fact]
    public void Only_released_values_and_ignored_rows_have_a_public_sink()
    {
        var sinks = typeof(ReleaseSinks).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Select(method => method.ReturnType.GetGenericArguments()[0]).Distinct().ToList();

        Assert.Equal([typeof(Batch<ReleasedValues>), typeof(Batch<TokenizedRows>)], sinks);
    }
}
