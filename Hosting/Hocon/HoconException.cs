namespace AkkaPrivacy.Hosting.Hocon;

/// <summary>A configuration that cannot be read, resolved or flattened.</summary>
/// <remarks>A syntax error stops at the first one of a file; unresolved substitutions are all in the list.</remarks>
public sealed class HoconException : Exception
{
    /// <summary>Creates the exception from its errors.</summary>
    /// <param name="errors">At least one error, in the order they were found.</param>
    public HoconException(IReadOnlyList<HoconError> errors)
        : base(string.Join(Environment.NewLine, errors)) => Errors = errors;

    internal HoconException(HoconOrigin origin, string message)
        : this([new HoconError(origin, message)])
    {
    }

    /// <summary>Every error found; never empty.</summary>
    public IReadOnlyList<HoconError> Errors { get; }
}
