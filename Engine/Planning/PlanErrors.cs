namespace AkkaPrivacy.Engine.Planning;

/// <summary>A mistake in a graph.</summary>
/// <param name="Place">File, line and key where known, or the node's kind and name.</param>
/// <param name="Message">What is wrong and what is allowed.</param>
public sealed record PlanError(string Place, string Message)
{
    /// <inheritdoc />
    public override string ToString() => Place.Length == 0 ? Message : $"{Place}: {Message}";
}

/// <summary>Collects all mistakes of a graph, so that they are reported at once.</summary>
public sealed class PlanErrors
{
    private readonly List<PlanError> _errors = [];

    /// <summary>The mistakes so far, in order.</summary>
    public IReadOnlyList<PlanError> All => _errors;

    /// <summary>Whether there is any.</summary>
    public bool Any => _errors.Count > 0;

    /// <summary>Adds a mistake.</summary>
    /// <param name="place">Where.</param>
    /// <param name="message">What is wrong and what is allowed.</param>
    public void Add(string place, string message) => _errors.Add(new PlanError(place, message));

    /// <summary>Adds a mistake of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="message">What is wrong and what is allowed.</param>
    public void Add(Graphs.GraphNode node, string message) => Add(node.Origin ?? node.Kind, message);
}

/// <summary>A graph that cannot be run.</summary>
/// <param name="errors">All mistakes.</param>
public sealed class PlanException(IReadOnlyList<PlanError> errors)
    : Exception(string.Join(Environment.NewLine, errors))
{
    /// <summary>All mistakes.</summary>
    public IReadOnlyList<PlanError> Errors { get; } = errors;
}
