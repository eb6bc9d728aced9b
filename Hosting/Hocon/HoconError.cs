namespace AkkaPrivacy.Hosting.Hocon;

/// <summary>One fault of a configuration.</summary>
/// <param name="Origin">Where it is.</param>
/// <param name="Message">What was found and what is allowed. It never quotes a configured value: a value may be a secret.</param>
public sealed record HoconError(HoconOrigin Origin, string Message)
{
    /// <summary>Writes <c>file:line:column: message</c>.</summary>
    /// <returns>One line of text.</returns>
    public override string ToString() => $"{Origin}: {Message}";
}
