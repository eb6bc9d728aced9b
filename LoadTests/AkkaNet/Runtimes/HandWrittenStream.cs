using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Akka;
using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.LoadTests.Compare.Pipeline;
using AkkaPrivacy.Operators.Sample;

namespace AkkaPrivacy.LoadTests.AkkaNet.Runtimes;

/// <summary>
/// The job as an Akka.NET engineer writes it by hand: an Akka.Streams graph in which every event is an element. It keeps
/// to what that costs: an object for each step, <c>Utf8JsonReader</c>, <c>HMACSHA256.HashData</c>, dictionaries, one
/// transaction for each window.
/// </summary>
/// <param name="system">The actor system.</param>
/// <param name="asynchronous">Whether an asynchronous boundary lets tokens and windows run on two cores.</param>
internal sealed class HandWrittenStream(ActorSystem system, bool asynchronous) : IPipelineSubject
{
    private static readonly SampleThreshold Threshold = new(PipelineJob.KeptShare);
    private readonly Lazy<WindowFile> _file = new(() => new WindowFile());

    /// <inheritdoc />
    public string Name => asynchronous ? "hand-written-async" : "hand-written";

    /// <summary>Takes the exact counts of the passes, for checks; null for none.</summary>
    public ExactCounts? Exact { get; init; }

    /// <inheritdoc />
    public long Run(ReadOnlyMemory<byte> jsonLines, int events)
    {
        var counted = 0L;
        var tokens = Source.From(Lines(jsonLines))
            .Select(Parse)
            .Select(Tokenize)
            .Where(visit => Threshold.Keeps(visit.Token));
        (asynchronous ? tokens.Async() : tokens)
            .Concat(Source.Single(PseudonymousVisit.End))
            .StatefulSelectMany<PseudonymousVisit, PageWindow, NotUsed>(() => new VisitWindows().Add)
            .SelectAsync(1, async window =>
            {
                counted += Keep(window);
                await _file.Value.StoreAsync(window).ConfigureAwait(false);
                return window;
            })
            .RunWith(Sink.Ignore<PageWindow>(), system.Materializer())
            .GetAwaiter()
            .GetResult();
        return counted;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            yield return rest[..end];
            rest = rest[(end + 1)..];
        }
    }

    private static Visit Parse(ReadOnlyMemory<byte> line)
    {
        var view = PageView.Parse(line.Span);
        return new Visit(view.Time.ToUnixTimeMilliseconds(), view.User, view.Page);
    }

    private static PseudonymousVisit Tokenize(Visit visit)
    {
        Span<byte> utf8 = stackalloc byte[JsonLines.LineBytes];
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var length = Encoding.UTF8.GetBytes(visit.User, utf8);
        HMACSHA256.HashData(PipelineJob.Key, utf8[..length], digest);
        return new PseudonymousVisit(visit.TimeMs, MemoryMarshal.Read<Token>(digest), visit.Page);
    }

    private long Keep(PageWindow window)
    {
        foreach (var (page, count) in window.Counts)
        {
            Exact?.Add(window.StartMs, page, count);
        }

        return window.Counts.Sum(pair => pair.Value);
    }
}
