namespace AkkaPrivacy.Hosting.Demo.Traffic;

/// <summary>One visitor on one site. What stays the same on all of its lines is written once.</summary>
internal sealed class Session
{
    private const int HeadBytes = 512;
    private readonly byte[] _head = new byte[HeadBytes];
    private int _headLength;
    private int _afterEmail;

    /// <summary>The visitor's number.</summary>
    public int Visitor { get; private set; }

    /// <summary>The site's rank.</summary>
    public int Site { get; private set; }

    /// <summary>The page looked at last, or -1 at the beginning.</summary>
    public int LastPage { get; set; }

    /// <summary>Where the session came from.</summary>
    public int Referrer { get; private set; }

    /// <summary>The line's beginning, from the brace to the site.</summary>
    public ReadOnlySpan<byte> Head => _head.AsSpan(0, _headLength);

    /// <summary>The same without the brace and the e-mail address.</summary>
    public ReadOnlySpan<byte> HeadWithoutEmail => _head.AsSpan(_afterEmail, _headLength - _afterEmail);

    /// <summary>Begins a session.</summary>
    /// <param name="visitor">The visitor.</param>
    /// <param name="seed">The population's seed.</param>
    /// <param name="site">The site.</param>
    /// <param name="referrer">Where they come from.</param>
    public void Begin(int visitor, ulong seed, int site, int referrer)
    {
        (Visitor, Site, Referrer, LastPage) = (visitor, site, referrer, -1);
        var person = TrafficRandom.Hash(seed ^ TrafficRandom.Hash((ulong)visitor));
        var line = new LineWriter(_head);
        line.Text("{\"email\":\""u8);
        WriteEmail(ref line, visitor, person);
        line.Text("\","u8);
        _afterEmail = line.Length;
        line.Text("\"ip\":\""u8);
        WriteAddress(ref line, person);
        line.Text("\",\"cookie\":\""u8);
        line.Hex(TrafficRandom.Hash(person));
        line.Text("\",\"user-agent\":\""u8);
        // The smaller of two draws makes the first ones more popular.
        var agents = (ulong)TrafficCatalog.Agents.Length;
        line.Text(TrafficCatalog.Agents[(int)Math.Min((person >> 40) % agents, (person >> 50) % agents)]);
        line.Text("\",\"site\":\""u8);
        line.Text(TrafficCatalog.SiteBytes[site]);
        _headLength = line.Length;
    }

    private static void WriteEmail(ref LineWriter line, int visitor, ulong person)
    {
        line.Text(TrafficCatalog.FirstNames[(int)(person % (ulong)TrafficCatalog.FirstNames.Length)]);
        line.Text("."u8);
        line.Text(TrafficCatalog.LastNames[(int)((person >> 8) % (ulong)TrafficCatalog.LastNames.Length)]);
        line.Number(visitor);
        line.Text("@mail.example"u8);
    }

    // 198.18.0.0/15 is set aside for tests (RFC 2544).
    private static void WriteAddress(ref LineWriter line, ulong person)
    {
        line.Text("198."u8);
        line.Number(18 + (long)((person >> 16) & 1));
        line.Text("."u8);
        line.Number((long)((person >> 20) & 255));
        line.Text("."u8);
        line.Number((long)((person >> 30) & 255));
    }
}
