namespace AkkaPrivacy.Engine.Graphs;

/// <summary>What flows through a part of a graph. The five states below are different types, so that a graph which
/// publishes an identifier or an un-noised number does not compile.</summary>
public interface IStreamState;

/// <summary>Lines as a source gives them.</summary>
public sealed class RawLines : IStreamState
{
    private RawLines()
    {
    }
}

/// <summary>Rows with the mapped fields; identifiers are still in the clear.</summary>
public sealed class RawRows : IStreamState
{
    private RawRows()
    {
    }
}

/// <summary>Rows in which every identifier has been treated: tokenized, generalised or dropped.</summary>
public sealed class TokenizedRows : IStreamState
{
    private TokenizedRows()
    {
    }
}

/// <summary>Rows whose contributions per subject are bounded.</summary>
public sealed class BoundedRows : IStreamState
{
    private BoundedRows()
    {
    }
}

/// <summary>Bounded rows, cut into windows.</summary>
public sealed class WindowedRows : IStreamState
{
    private WindowedRows()
    {
    }
}

/// <summary>Aggregates of windows, not noised.</summary>
public sealed class AggregatedWindows : IStreamState
{
    private AggregatedWindows()
    {
    }
}

/// <summary>Noised values with a receipt: the only thing that a public sink takes.</summary>
public sealed class ReleasedValues : IStreamState
{
    private ReleasedValues()
    {
    }
}
