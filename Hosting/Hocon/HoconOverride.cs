namespace AkkaPrivacy.Hosting.Hocon;

/// <summary>One setting from a command line.</summary>
/// <param name="KeyPath">The path expression of the key.</param>
/// <param name="ValueText">The value in HOCON.</param>
/// <param name="OriginName">The name that origins and errors carry.</param>
public sealed record HoconOverride(string KeyPath, string ValueText, string OriginName)
{
    /// <summary>Splits <c>KEY=VALUE</c> at the first <c>=</c> outside quotes; the origin is named <c>--set KEY</c>.</summary>
    /// <param name="assignment">The text behind <c>--set</c>.</param>
    /// <returns>The setting; its key and value are parsed when it is applied.</returns>
    /// <exception cref="HoconException">There is no <c>=</c> outside quotes, or no key.</exception>
    public static HoconOverride Parse(string assignment)
    {
        ArgumentNullException.ThrowIfNull(assignment);
        var quoted = false;
        for (var i = 0; i < assignment.Length; i++)
        {
            switch (assignment[i])
            {
                case '\\' when quoted:
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case '=' when !quoted && i > 0:
                    var key = assignment[..i].Trim();
                    return new HoconOverride(key, assignment[(i + 1)..], $"--set {key}");
            }
        }

        throw new HoconException(new HoconOrigin("--set", 0, 0), "found no KEY=VALUE; allowed is a key path, '=' and a HOCON value");
    }
}
