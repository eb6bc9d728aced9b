namespace AkkaPrivacy.AkkaNet.Hosting;

/// <summary>A node's configuration is wrong; every mistake is listed with its key and what is allowed.</summary>
/// <param name="errors">The mistakes.</param>
public sealed class ClusterConfigurationException(IReadOnlyList<string> errors)
    : Exception($"The cluster's configuration has {errors.Count} {(errors.Count == 1 ? "mistake" : "mistakes")}:\n  {string.Join("\n  ", errors)}")
{
    /// <summary>The mistakes.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}

/// <summary>A node cannot be part of the cluster. The message says why, and what to do.</summary>
/// <param name="message">Why.</param>
/// <param name="inner">The cause, if it may be shown.</param>
public class NodeRefusedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The journal does not answer. Nothing is started and nothing is spent without it.</summary>
/// <param name="message">What failed; never a connection string.</param>
public sealed class JournalUnavailableException(string message) : NodeRefusedException(message);
