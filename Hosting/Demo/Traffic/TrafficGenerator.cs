using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Hosting.Demo.Traffic;

/// <summary>
/// Makes traffic of a platform that hosts sites, as lines of JSON in order of arrival: visitors in sessions, Zipf-distributed
/// sites and pages, arrivals at random with the rhythm of a morning, heavy users, rows out of order, late, early and
/// malformed. The same options give the same bytes.
/// </summary>
/// <remarks>People, addresses and sites are made up: names end in <c>.example</c> (RFC 2606), addresses are from the range
/// set aside for tests. Not safe for concurrent use.</remarks>
internal sealed class TrafficGenerator
{
    /// <summary>Room that a line needs.</summary>
    public const int MaxLineBytes = 1024;

    private const double SiteExponent = 1.0;
    private const double PageExponent = 1.1;
    private const double ReferrerExponent = 1.0;
    private const double SessionEnds = 1.0 / 4;
    private const double HeavyShare = 0.1;
    private const int VisitorsPerHeavyUser = 100;

    private readonly TrafficOptions _options;
    private readonly ZipfTable _sites = new(TrafficCatalog.SiteCount, SiteExponent);
    private readonly ZipfTable _pages = new(TrafficCatalog.Pages.Length, PageExponent);
    private readonly ZipfTable _referrers = new(TrafficCatalog.Referrers.Length, ReferrerExponent);
    private readonly Session[] _sessions;
    private readonly byte[] _date;
    private TrafficRandom _random;
    private double _clockMs;

    /// <summary>A generator at the start of its traffic.</summary>
    /// <param name="options">How much, and which.</param>
    public TrafficGenerator(TrafficOptions options)
    {
        _options = options;
        _random = new TrafficRandom(options.Seed);
        Truth = new TrafficTruth(options.Visitors);
        _date = System.Text.Encoding.ASCII.GetBytes(DateTimeOffset.FromUnixTimeMilliseconds(TrafficOptions.StartMs).ToString("yyyy-MM-dd'T'", System.Globalization.CultureInfo.InvariantCulture));
        _sessions = new Session[options.Sessions];
        for (var i = 0; i < _sessions.Length; i++)
        {
            Begin(_sessions[i] = new Session());
        }
    }

    /// <summary>Lines written.</summary>
    public long Written { get; private set; }

    /// <summary>Whether all lines were written.</summary>
    public bool IsDone => Written == _options.Events;

    /// <summary>The true numbers of the lines written.</summary>
    public TrafficTruth Truth { get; }

    /// <summary>Writes the next line.</summary>
    /// <param name="destination">At least <see cref="MaxLineBytes"/> bytes.</param>
    /// <returns>The line's length; it has no line ending.</returns>
    public int WriteLine(Span<byte> destination)
    {
        var session = _sessions[_random.Below(_sessions.Length)];
        var page = _pages.Draw(ref _random);
        var received = NextArrival();
        var delay = TrafficDelays.Draw(ref _random, received);
        var fault = TrafficFaults.Draw(ref _random);
        var line = new LineWriter(destination);
        Write(ref line, session, page, received, received - delay, fault);
        var length = fault == TrafficFault.Truncated ? 1 + _random.Below(line.Length - 1) : line.Length;
        Record(session, page, received, delay, fault);
        session.LastPage = page;
        if (_random.Unit() < SessionEnds)
        {
            Begin(session);
        }

        Written++;
        return length;
    }

    /// <summary>Fills a batch with the next lines.</summary>
    /// <param name="batch">An empty batch of <see cref="LineSchema"/>.</param>
    /// <param name="most">The largest number of lines; from 1 to <see cref="EventBatch.Capacity"/>.</param>
    /// <returns>Bytes of the lines; 0 when all are written.</returns>
    public int Fill(EventBatch batch, int most)
    {
        var column = batch.Pool.RentText();
        batch.Partition = 0;
        batch.FirstPosition = Written + 1;
        var rows = 0;
        while (rows < most && !IsDone)
        {
            var length = WriteLine(column.Arena.Reserve(MaxLineBytes));
            column.Spans[rows++] = new TextSpan(column.Arena.Length, length);
            column.Arena.Length += length;
        }

        batch.Set(LineSchema.LineSlot, column);
        batch.SelectAll(rows);
        return column.Arena.Length;
    }

    /// <summary>Writes all lines that are left, each with a line feed.</summary>
    /// <param name="output">Where to.</param>
    public void WriteTo(Stream output)
    {
        var buffer = new byte[64 * MaxLineBytes];
        var used = 0;
        while (!IsDone)
        {
            used += WriteLine(buffer.AsSpan(used));
            buffer[used++] = (byte)'\n';
            if (used > buffer.Length - MaxLineBytes - 1)
            {
                output.Write(buffer, 0, used);
                used = 0;
            }
        }

        output.Write(buffer, 0, used);
    }

    private void Begin(Session session)
    {
        var heavy = Math.Max(1, _options.Visitors / VisitorsPerHeavyUser);
        var visitor = _random.Below(_random.Unit() < HeavyShare ? heavy : _options.Visitors);
        session.Begin(visitor, _options.Seed, _sites.Draw(ref _random), _referrers.Draw(ref _random));
    }

    private long NextArrival()
    {
        _clockMs += _random.Exponential(_options.MeanGapMs) / TrafficDelays.Rhythm(_clockMs);
        return Math.Min(TrafficOptions.StartMs + (long)_clockMs, TrafficOptions.EndMs - 1);
    }

    private void Write(ref LineWriter line, Session session, int page, long received, long time, TrafficFault fault)
    {
        line.Text(fault == TrafficFault.NoEmail ? "{"u8 : default);
        line.Text(fault == TrafficFault.NoEmail ? session.HeadWithoutEmail : session.Head);
        line.Text("\",\"referrer\":\""u8);
        WriteReferrer(ref line, session);
        line.Text("\",\"page\":\""u8);
        line.Text(TrafficCatalog.PageBytes[page]);
        line.Text(fault == TrafficFault.BadUtf8 ? [0xC3, 0x28] : default);
        WriteMeasures(ref line, fault);
        if (fault != TrafficFault.NoTime)
        {
            line.Text(",\"time\":\""u8);
            line.Text(_date);
            line.TimeOfDay(time);
            line.Text("\""u8);
        }

        line.Text(",\"received\":\""u8);
        line.Text(_date);
        line.TimeOfDay(received);
        line.Text("\"}"u8);
    }

    private static void WriteReferrer(ref LineWriter line, Session session)
    {
        if (session.LastPage < 0)
        {
            line.Text(TrafficCatalog.Referrers[session.Referrer]);
            return;
        }

        line.Text("https://"u8);
        line.Text(TrafficCatalog.SiteBytes[session.Site]);
        line.Text(TrafficCatalog.PageBytes[session.LastPage]);
    }

    private void WriteMeasures(ref LineWriter line, TrafficFault fault)
    {
        var roll = _random.Below(1000);
        line.Text("\",\"status\":"u8);
        line.Number(roll switch { < 900 => 200, < 950 => 304, < 985 => 404, < 995 => 302, _ => 500 });
        line.Text(",\"ms\":"u8);
        if (fault == TrafficFault.WrongType)
        {
            line.Text("\"fast\""u8);
        }
        else
        {
            line.Number(5 + (long)_random.Exponential(180));
        }

        line.Text(",\"bytes\":"u8);
        line.Number(300 + (long)_random.Exponential(24_000));
    }

    private void Record(Session session, int page, long received, long delay, TrafficFault fault)
    {
        var reason = TrafficFaults.ReasonOf(fault) ?? TrafficDelays.ReasonOf(delay);
        if (reason is { } dropped)
        {
            Truth.Drop(dropped);
        }
        else
        {
            Truth.Count(received - delay, session.Visitor, session.Site, page);
        }
    }
}
