namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>Which instructions compute tokens. All give the same tokens.</summary>
internal enum HmacPath
{
    /// <summary>The widest that the processor has.</summary>
    Auto,

    /// <summary>One message at a time, on any processor.</summary>
    Scalar,

    /// <summary>8 messages side by side, with AVX2.</summary>
    Lanes256,

    /// <summary>16 messages side by side, with AVX-512.</summary>
    Lanes512,
}
