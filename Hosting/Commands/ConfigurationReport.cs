using AkkaPrivacy.Hosting.Configuration;

namespace AkkaPrivacy.Hosting.Commands;

/// <summary>Shows the mistakes of a configuration.</summary>
internal static class ConfigurationReport
{
    /// <summary>Writes all mistakes, to standard error and with <c>--json</c> to standard output as well.</summary>
    /// <param name="exception">The mistakes.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="asJson">Whether <c>--json</c> was given.</param>
    /// <returns>The exit code.</returns>
    public static int Write(ConfigurationException exception, TextWriter output, TextWriter error, bool asJson)
    {
        foreach (var mistake in exception.Errors)
        {
            error.WriteLine(mistake);
        }

        error.WriteLine(exception.Errors.Count == 1
            ? "1 configuration error. Nothing was read, spent or published."
            : $"{exception.Errors.Count} configuration errors. Nothing was read, spent or published.");
        if (asJson)
        {
            var errors = exception.Errors.Select(e => new { File = e.Origin.Source, e.Origin.Line, e.Origin.Column, e.Key, e.Message });
            output.WriteLine(JsonText.Of(new { Errors = errors }));
        }

        return ExitCode.Configuration;
    }
}
