using AkkaPrivacy.Hosting.Hocon;

namespace AkkaPrivacy.Hosting.Configuration;

/// <summary>A mistake in a pipeline's configuration.</summary>
/// <param name="Origin">File, line and column.</param>
/// <param name="Key">The key's full path; empty when the mistake is not one key's.</param>
/// <param name="Message">What was found and what is allowed.</param>
internal sealed record ConfigurationError(HoconOrigin Origin, string Key, string Message)
{
    /// <inheritdoc />
    public override string ToString() => Key.Length == 0 ? $"{Origin}: {Message}" : $"{Origin}: {Key}: {Message}";
}

/// <summary>A configuration that cannot be used.</summary>
/// <param name="errors">All mistakes, in order of file and line.</param>
internal sealed class ConfigurationException(IReadOnlyList<ConfigurationError> errors)
    : Exception(string.Join(Environment.NewLine, errors))
{
    /// <summary>All mistakes.</summary>
    public IReadOnlyList<ConfigurationError> Errors { get; } = errors;
}
