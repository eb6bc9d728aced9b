using System.Text.RegularExpressions;
using AkkaPrivacy.Hosting.Configuration.Options;
using AkkaPrivacy.Hosting.Configuration.Reading;

namespace AkkaPrivacy.Hosting.Configuration.Sections;

/// <summary>Reads where a secret is: <c>NAME-file</c> or <c>NAME-env</c>.</summary>
internal static partial class SecretSection
{
    private static readonly Rule<string> Variable = Rules.Text(VariablePattern(), "the name of an environment variable");

    /// <summary>Reads the two keys of a secret.</summary>
    /// <param name="section">The section that holds them.</param>
    /// <param name="name">The secret's name.</param>
    /// <returns>The place; null when neither key was written.</returns>
    public static SecretPlace? Read(Section section, string name)
    {
        var hasFile = section.TryGet($"{name}-file", Rules.Path, out var file);
        var hasVariable = section.TryGet($"{name}-env", Variable, out var variable);
        if (hasFile && hasVariable)
        {
            section.Error($"{name}-env", $"found beside '{name}-file'; allowed is one of the two");
        }

        return hasFile ? new SecretPlace(section.PathOf($"{name}-file"), file, null)
            : hasVariable ? new SecretPlace(section.PathOf($"{name}-env"), null, variable)
            : null;
    }

    [GeneratedRegex(@"\A[a-zA-Z_][a-zA-Z0-9_]{0,127}\z")]
    private static partial Regex VariablePattern();
}
