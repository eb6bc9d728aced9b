namespace AkkaPrivacy.Hosting.Hocon;

/// <summary>The place a configuration value or an error comes from.</summary>
/// <param name="Source">The file as it was named by the caller or the include, or a name such as <c>--set KEY</c>.</param>
/// <param name="Line">The line, from 1; 0 when the origin has no text (an environment variable, a missing file).</param>
/// <param name="Column">The column in UTF-16 code units, from 1; 0 when <paramref name="Line"/> is 0.</param>
public readonly record struct HoconOrigin(string Source, int Line, int Column)
{
    /// <summary>Writes <c>source:line:column</c>, or the source alone when there is no line.</summary>
    /// <returns>The text used in front of every error.</returns>
    public override string ToString() => Line == 0 ? Source : $"{Source}:{Line}:{Column}";
}
