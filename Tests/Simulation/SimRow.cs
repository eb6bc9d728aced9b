namespace AkkaPrivacy.Tests.Simulation;

/// <summary>A good row in plain form. A wild one has damaged stamps far from all others.</summary>
public sealed record SimRow(string User, string Page, long Status, long Ms, long EventMs, long ArrivalMs, bool IsWild, string Id = "");

/// <summary>A line of a source; without a row when a parser must refuse it.</summary>
public sealed record SimLine(string Text, SimRow? Row);

/// <summary>A bounded window and the queries over it.</summary>
public sealed record SimBranch(string[] GroupBy, string[][]? KnownKeys, int Groups, int RowsPerGroup, int Windows, TimeSpan Window, bool WithoutErrors, SimQuery[] Queries)
{
    /// <summary>Panes in a window; 1 for tumbling ones.</summary>
    public int Panes { get; init; } = 1;

    /// <summary>What rows become before they are bounded: e(xpanded by a page of their own), s(plit by status), or as they are.</summary>
    public char Shape { get; init; } = ' ';

    /// <summary>The longest pause of sessions, which are counted instead of rows; null when rows are.</summary>
    public TimeSpan? Gap { get; init; }

    public TimeSpan MaxLength { get; init; } = TimeSpan.FromHours(12);

    public TimeSpan Slide => Window / Panes;
}

/// <summary>A query: c(ount), s(um) or d(istinct subjects).</summary>
public sealed record SimQuery(string Name, char Kind);
