namespace AkkaPrivacy.Engine.Runtime;

/// <summary>A pipeline cannot start or go on. The message says what was kept; it quotes no row.</summary>
/// <param name="message">What happened and what to do.</param>
/// <param name="inner">The cause, if it may be shown.</param>
public sealed class PipelineException(string message, Exception? inner = null) : Exception(message, inner);
